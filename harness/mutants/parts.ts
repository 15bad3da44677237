import type { Capabilities, Mechanism, Shape, Tiles } from "../../kernels/mechanism.ts";
import type { Cell } from "../experiment/experiment.ts";

/** The parameter of a cell that holds the tokens of a part. */
const partsParameter = "partTokens";

/** A cell that is computed in parts, as a text is that is too long for one dispatch (kernels/watchdog.ts); at any n. */
export const inParts = (cell: Cell, partTokens: number): Cell => ({
  ...cell,
  id: `${cell.id}-parts${partTokens}`,
  parameters: { ...cell.parameters, [partsParameter]: partTokens },
});

/** The default variant of a cell, in parts where it asks for them. */
export const variantOf = (mechanism: Mechanism, cell: Cell, capabilities: Capabilities): Tiles =>
  withParts(cell, mechanism.tiles(cell, cell.form, capabilities)[0] ?? {});

/** A variant in parts, where the shape asks for them. */
export const withParts = ({ parameters }: Pick<Shape, "parameters">, tiles: Tiles): Tiles => {
  const partTokens = parameters[partsParameter];
  return partTokens === undefined ? tiles : { ...tiles, partTokens };
};
