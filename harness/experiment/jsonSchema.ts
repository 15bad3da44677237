import { z } from "zod";
import type { Mechanism } from "../../kernels/mechanism.ts";
import { experimentSchema } from "./schema.ts";

/**
 * The JSON Schema of experiment files, as text with a newline at the end: what `attnbench schema` prints and experiment.schema.json holds.
 * Draft 7, because that is what yaml-language-server reads.
 */
export const experimentJsonSchema = (mechanisms: readonly Mechanism[]): string => {
  const schema = z.toJSONSchema(experimentSchema(mechanisms), { target: "draft-7", io: "input" });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
};
