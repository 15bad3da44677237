// Vega's packages one by one have no types of their own; these are what live.browser.ts uses of them.
declare module "vega-dataflow" {
  export const transforms: Record<string, unknown>;
}
declare module "vega-encode" {
  export const axisticks: unknown, datajoin: unknown, encode: unknown, scale: unknown, sortitems: unknown;
}
declare module "vega-transforms" {
  export const aggregate: unknown, collect: unknown, facet: unknown, filter: unknown, formula: unknown, proxy: unknown, relay: unknown, sieve: unknown;
}
declare module "vega-view-transforms" {
  export const bound: unknown, mark: unknown, overlap: unknown, render: unknown, viewlayout: unknown;
}
declare module "vega-scenegraph" {
  export const textMetrics: { width: (item: { readonly fontSize?: number }, text: unknown) => number };
  export interface SceneItem {
    readonly x?: number;
    readonly y?: number;
    readonly datum?: unknown;
    readonly bounds?: { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number };
    readonly items?: readonly SceneMark[];
  }
  export interface SceneMark {
    readonly marktype: string;
    readonly items?: readonly SceneItem[];
  }
}
declare module "vega-parser" {
  export const parse: (spec: object, config: object | undefined, options: { readonly ast: true }) => object;
}
declare module "vega-view" {
  export class View {
    constructor(runtime: object, options: { readonly expr: object; readonly renderer: "svg"; readonly container: Element; readonly hover: boolean });
    runAsync(): Promise<View>;
    run(): View;
    signal(name: string, value: unknown): View;
    padding(): unknown;
    origin(): readonly [number, number];
    width(): number;
    height(): number;
    scenegraph(): { readonly root: import("vega-scenegraph").SceneMark };
  }
}
