import { type ExitCode, exitCode } from "../exit.ts";
import { mechanismsOf } from "../input.ts";

/** `attnbench schema`: the JSON Schema (draft-7) of experiment files, for editors. */
export const schema = async (options: { kernels: readonly string[] }): Promise<ExitCode> => {
  const { experimentJsonSchema } = await import("../../experiment/jsonSchema.ts");
  process.stdout.write(experimentJsonSchema(await mechanismsOf(options.kernels)));
  return exitCode.ok;
};
