import { isolated } from "../isolated.ts";
import type { Layer } from "./frame.ts";
import type { Hints } from "./hints.ts";

/** Rows that say themselves where on the plot they stand, in px, whatever the axes show. */
export const xInPx = { field: "px", type: "quantitative", scale: null, axis: null } as const;
export const yInPx = { field: "py", type: "quantitative", scale: null, axis: null } as const;

/** Words at a place of the plot, px. */
export interface PlacedText extends Hints {
  readonly text: string;
  readonly px: number;
  readonly py: number;
}

/** How placed words look; they stand in the middle of their height. */
interface TextLook {
  readonly fontSize: number;
  readonly color: string;
  readonly align?: "left";
  readonly stroke?: string;
  readonly strokeWidth?: number;
}

/** Words as one layer, since every layer is compiled and carried in the page by itself; none without any. */
export const textLayers = (rows: readonly PlacedText[], look: TextLook): readonly Layer[] =>
  rows.length === 0
    ? []
    : [
        {
          data: { values: rows.map((row) => ({ ...row, text: isolated(row.text) })) },
          mark: { type: "text", baseline: "middle", ...look },
          encoding: { x: xInPx, y: yInPx, text: { field: "text", type: "nominal" } },
        },
      ];
