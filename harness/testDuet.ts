import type { Cell } from "./experiment/experiment.ts";
import type { Connect } from "./measure/connection.ts";
import { type FakeDevice, fakeWorkers } from "./measure/fakeWorker.ts";
import type { KernelFolder } from "./record/kernelFolder.ts";
import { type DuetResult, type DuetRun, runDuet } from "./runDuet.ts";
import { experimentOf, newFolder } from "./testExperiment.ts";

/** For tests: what one checkout's kernels cost and do, or how its own workers are opened. */
export interface FakeCheckout extends Omit<FakeDevice, "seed"> {
  readonly connect?: Connect;
  readonly kernels?: readonly KernelFolder[];
}

/** For tests: a whole duet, files and all, on fake workers that share one clock. */
export const fakeDuet = async (text: string, base: FakeCheckout, head: FakeCheckout, seed = 1, more: Partial<DuetRun> = {}): Promise<DuetResult> => {
  const { experiment, cells, mechanisms } = await experimentOf(text);
  let clock = (): number => 0;
  const shared = (device: FakeCheckout): FakeCheckout => {
    const { slowness } = device;
    return slowness ? { ...device, slowness: () => slowness(clock()) } : device;
  };
  const kernelsOf = ({ kernels }: FakeCheckout) => (kernels ? { kernels } : {});
  const workers = { base: fakeWorkers({ ...shared(base), seed: 2 * seed }), head: fakeWorkers({ ...shared(head), seed: 2 * seed + 1 }) };
  clock = () => workers.base.now() + workers.head.now();
  return runDuet({
    experiment,
    cells,
    mechanisms,
    checkouts: {
      base: { connect: base.connect ?? workers.base.connect, commit: "b".repeat(40), dirty: false, ...kernelsOf(base) },
      head: { connect: head.connect ?? workers.head.connect, commit: "a".repeat(40), dirty: true, ...kernelsOf(head) },
    },
    adapter: "fake",
    command: "test",
    outFolder: newFolder(),
    options: {},
    signal: new AbortController().signal,
    onProgress: () => {},
    now: clock,
    ...more,
  });
};

/** For tests: softmax decode that grows and a linear arm that does not, `times` as slow in cells that `which` names. */
export const plantedCost =
  (times = 1, which: (cell: Pick<Cell, "mechanism" | "n">) => boolean = () => true) =>
  (cell: Pick<Cell, "phase" | "mechanism" | "n">): number =>
    cell.phase === "probe" ? 0.1 : (cell.mechanism === "softmax" ? 0.1 + 0.001 * cell.n : 0.9) * (which(cell) ? times : 1);
