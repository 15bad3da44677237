import { builtInKernels } from "../../kernels/builtIn.ts";
import type { Mechanism, Plan } from "../../kernels/mechanism.ts";
import { moduleText } from "../../kernels/plan.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { type OpenDevice, openDevice } from "../device/openDevice.ts";
import { type Compiler, createCompiler, createProgram } from "../device/program.ts";
import { timingToggles } from "../device/toggles.ts";
import { cellsMeeting } from "../experiment/cellFilter.ts";
import type { Cell } from "../experiment/experiment.ts";
import { kernelCells } from "../measure/kernelCases.ts";

/** What is compiled, and where. */
export interface CompilerRequest {
  /** a part of the adapter's name; the best unless given */
  readonly match: string | undefined;
  readonly headDims: readonly number[];
  /** a condition on cells, as run's --filter */
  readonly filter: string | undefined;
}

/** One module, where it is met first, and the seconds that all cores together worked to compile it. */
export interface CompileTime extends Pick<Cell, "mechanism" | "phase" | "form" | "headDim"> {
  /** of the step */
  readonly label: string;
  readonly seconds: number;
}

/** Said to the parent: the adapter, then each module as it is compiled; or why there is none. */
export type CompilerMessage =
  | { readonly kind: "adapter"; readonly facts: OpenDevice["facts"] }
  | { readonly kind: "compiled"; readonly time: CompileTime }
  | { readonly kind: "refused"; readonly reason: string };

const say = (message: CompilerMessage): Promise<void> => new Promise((done) => process.send?.(message, () => done()));

/** Every form of every phase at default parameters, f32. */
const defaultCells = (mechanism: Mechanism, headDims: readonly number[]): readonly Cell[] =>
  kernelCells(mechanism, { n: [130], headDim: headDims, layouts: [[1, 8, 8]], thorough: false }).filter(
    ({ dtype, kvDtype, parameters }) =>
      dtype === "f32" && kvDtype === "f32" && Object.entries(mechanism.parameters).every(([name, parameter]) => parameters[name] === parameter.default),
  );

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** CPU seconds of compiling a plan of one step. A driver may wait with it until the first dispatch, which therefore counts, less what a second one takes. */
const secondsOf = async (open: OpenDevice, compiler: Compiler, plan: Plan, inputs: ReturnType<Mechanism["inputs"]>): Promise<number> => {
  const began = cpuSeconds();
  const pipelines = await compiler.compile(plan);
  const created = cpuSeconds() - began;
  const program = await createProgram(open, plan, pipelines, 1);
  const dispatched = async (): Promise<number> => {
    const before = cpuSeconds();
    const encoder = open.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    program.record(pass, 1);
    pass.end();
    open.device.queue.submit([encoder.finish()]);
    await open.awaited(open.device.queue.onSubmittedWorkDone());
    return cpuSeconds() - before;
  };
  program.fill(inputs);
  program.restore(inputs);
  await open.awaited(open.device.queue.onSubmittedWorkDone());
  const first = await dispatched();
  const second = await dispatched();
  program.destroy();
  return created + Math.max(0, first - second);
};

/** Rejects with NoAdapter and BadFilter. */
const compileAll = async ({ match, headDims, filter }: CompilerRequest): Promise<void> => {
  const open = await openDevice(match, timingToggles);
  await say({ kind: "adapter", facts: open.facts });
  const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ family }) => family !== "instrument");
  const compiler = createCompiler(open);
  const met = new Set<string>();
  const cells = mechanisms.flatMap((mechanism) => defaultCells(mechanism, headDims));
  for (const cell of cellsMeeting(cells, mechanisms, filter)) {
    const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
    const [tiles] = mechanism && !mechanism.refusal(cell, cell.form, open.capabilities) ? mechanism.tiles(cell, cell.form, open.capabilities) : [];
    if (!mechanism || !tiles) continue;
    const plan = mechanism.plan(cell, cell.form, open.capabilities, tiles);
    const inputs = mechanism.inputs(cell, 1);
    for (const step of new Set([...plan.setup, ...plan.steps])) {
      const text = moduleText(step);
      if (met.has(text)) continue;
      met.add(text);
      const seconds = await secondsOf(open, compiler, { ...plan, setup: [], steps: [step] }, inputs);
      const { phase, form, headDim } = cell;
      await say({ kind: "compiled", time: { mechanism: mechanism.name, phase, form, headDim, label: step.label, seconds } });
    }
  }
};

/** The child process: its argument is the request as JSON. */
await compileAll(JSON.parse(process.argv[2] ?? "") as CompilerRequest).catch((error: unknown) =>
  say({ kind: "refused", reason: error instanceof Error ? error.message : String(error) }),
);
process.exit(0);
