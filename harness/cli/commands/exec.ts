import { UnloadableKernels } from "../../../kernels/registry.ts";
import { scaleOf } from "../../../kernels/scale.ts";
import { NoAdapter } from "../../device/adapterFacts.ts";
import { CellFailure } from "../../device/failure.ts";
import { mechanismNamed } from "../../exec/cell.ts";
import { type ExecResult, openExec } from "../../exec/exec.ts";
import { parsedParameters } from "../../exec/parameters.ts";
import { type ExecPhase, Unexecutable } from "../../exec/problem.ts";
import { type NamedTensors, tensorFile } from "../../exec/tensor.ts";
import { adapterName } from "../../record/adapterName.ts";
import { tryWhole, writeWhole } from "../../record/wholeFile.ts";
import { version } from "../../version.ts";
import { CommandEnd, type ExitCode, exitCode } from "../exit.ts";
import { assertNamed, tensorsIn, written } from "../tensorFiles.ts";
import { printJson, say, styled } from "../terminal.ts";

export interface ExecFlags {
  readonly phase: ExecPhase;
  readonly form?: string;
  readonly scale?: number;
  readonly set: readonly string[];
  readonly tensors: string;
  readonly out: string;
  readonly adapter: string;
  readonly kernels: readonly string[];
  readonly json?: true;
}

/** `attnbench exec MECHANISM`: everything that can be wrong with the files or the problem is said before a device is opened. */
export const exec = async (mechanism: string, flags: ExecFlags): Promise<ExitCode> => {
  const { phase, form, scale, tensors: input, out, adapter, kernels } = flags;
  try {
    const session = await openExec({ adapter, kernels });
    try {
      const parameters = parsedParameters(mechanismNamed(session.mechanisms, mechanism), flags.set);
      const tensors = tensorsIn(input);
      assertNamed(out, input);
      const problem = { mechanism, phase, form, scale, parameters, tensors };
      await written(out, tryWhole(out, session.resultBytes(problem)));
      const result = await session.exec(problem);
      await written(out, writeWhole(out, Buffer.from(tensorFile(result.tensors, describedBy(result)).buffer)));
      if (flags.json) printJson(jsonOf(result, tensors, out));
      else tell(result, out);
      return exitCode.ok;
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof Unexecutable || error instanceof UnloadableKernels) throw new CommandEnd(exitCode.usage, error.message);
    if (error instanceof NoAdapter) throw new CommandEnd(exitCode.noAdapter, `${error.message}\n  attnbench doctor says what this machine offers`);
    if (error instanceof CellFailure && error.code === "diskFull") throw new CommandEnd(exitCode.usage, `${mechanism} ${phase}: ${error.message}`);
    if (error instanceof CellFailure)
      throw new CommandEnd(exitCode.cellFailed, `${styled("red", "FAILED")} ${mechanism} ${phase}: ${error.code}: ${error.message}`);
    throw error;
  }
};

/** Texts that a file carries beside its tensors: what made them. */
const describedBy = ({ cell, adapter }: ExecResult): Readonly<Record<string, string>> => ({
  attnbench: version,
  mechanism: cell.mechanism,
  phase: cell.phase,
  form: cell.form,
  adapter: nameOf(adapter),
});

const nameOf = (adapter: ExecResult["adapter"]): string => adapterName(adapter, adapter.software);

const jsonOf = ({ cell, dtype, tiles, adapter, absent, notFinite, tensors }: ExecResult, given: NamedTensors, out: string): unknown => ({
  mechanism: cell.mechanism,
  phase: cell.phase,
  form: cell.form,
  parameters: cell.parameters,
  scale: cell.parameters.normalized === true ? undefined : scaleOf(cell),
  dtype,
  kernels: cell.dtype,
  tiles,
  adapter: { name: nameOf(adapter), choice: adapter.choice, software: adapter.software },
  in: shapesOf(given),
  absent,
  out,
  tensors: shapesOf(tensors),
  notFinite,
});

const shapesOf = (tensors: NamedTensors): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));

const tell = ({ cell, dtype, adapter, absent, notFinite, tensors }: ExecResult, out: string): void => {
  const types = [...new Set(Object.values(tensors).map((tensor) => tensor.dtype))];
  const written = types.map((type) => {
    const shapes = Object.entries(tensors).flatMap(([name, { shape, dtype: own }]) => (own === type ? [`${name} [${shape.join(", ")}]`] : []));
    return `${shapes.join(", ")} as ${type}`;
  });
  say(`${cell.mechanism} ${cell.phase} ${cell.form} on ${nameOf(adapter)} (${adapter.choice}): wrote ${written.join(" and ")} to ${out}`);
  if (dtype !== cell.dtype) say(`  no ${dtype} kernels of it run here: widened to ${cell.dtype}, rounded at the end`);
  if (absent.length > 0) say(`  not given, so empty or zeros: ${absent.join(", ")}`);
  for (const [name, count] of Object.entries(notFinite))
    say(
      `  ${styled("yellow", "note")}: ${count} values of ${name} are infinite or no numbers${tensors[name]?.dtype === "f16" ? " in f16, whose largest is 65504" : ""}`,
    );
};
