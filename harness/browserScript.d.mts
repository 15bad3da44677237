import type { Plugin } from "esbuild";

export function browserScript(path: string): Promise<string>;
export const scriptTexts: Plugin;
