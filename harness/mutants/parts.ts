import type { Capabilities, Mechanism, Shape, Tiles } from "../../kernels/mechanism.ts";
import type { Cell } from "../experiment/experiment.ts";

/** How long a part is, by the names that variants have for it: tokens, chunks, or FLOPs of a kernel's workgroups. */
const measures = ["partTokens", "partChunks", "partFlops"] as const;

/** A cell that is computed in parts, as what is too long for one dispatch is (kernels/watchdog.ts); at any n. */
export const inParts = (cell: Cell, measure: (typeof measures)[number], most: number): Cell => ({
  ...cell,
  id: `${cell.id}-${measure}${most}`,
  parameters: { ...cell.parameters, [measure]: most },
});

/** The default variant of a cell, in parts where it asks for them. */
export const variantOf = (mechanism: Mechanism, cell: Cell, capabilities: Capabilities): Tiles =>
  withParts(cell, mechanism.tiles(cell, cell.form, capabilities)[0] ?? {});

/** A variant in parts, where the shape asks for them. */
export const withParts = ({ parameters }: Pick<Shape, "parameters">, tiles: Tiles): Tiles => ({
  ...tiles,
  ...Object.fromEntries(measures.flatMap((name) => (parameters[name] === undefined ? [] : [[name, parameters[name]]]))),
});
