/**
 * attnbench as a library: the same run, report and analysis as the command line, without console output.
 *
 *     const [{ experiment, cells }] = parseExperiments({ text, file: "my.yaml", sets: [] }, mechanisms).experiments;
 */
export { builtInKernels } from "../kernels/builtIn.ts";
export * from "../kernels/mechanism.ts";
export { joinMechanisms, loadMechanisms, UnloadableKernels } from "../kernels/registry.ts";
export { analyse } from "./analysis/analysis.ts";
export { type CompareOptions, compareRuns, type Note } from "./analysis/comparison/comparison.ts";
export type { CurveCrossing, CurveFit, CurveFits } from "./analysis/curves.ts";
export { fitCurves } from "./analysis/curves.ts";
export { NoAdapter } from "./device/adapterFacts.ts";
export { CellFailure } from "./device/failure.ts";
export { type ExecOptions, type ExecResult, type ExecSession, exec, openExec } from "./exec/exec.ts";
export { type ExecPhase, type ExecProblem, Unexecutable } from "./exec/problem.ts";
export { UnreadableTensors } from "./exec/safetensors.ts";
export { type NamedTensors, readTensors, type Tensor, tensorFile } from "./exec/tensor.ts";
export type { Arm, Axis, Cell, Experiment, Measure, PlannedCell } from "./experiment/experiment.ts";
export { type ParsedExperiment, type ParsedExperiments, type PlannedExperiment, parseExperiment, parseExperiments } from "./experiment/parse.ts";
export { formatProblem, type Problem } from "./experiment/problem.ts";
export { type FitResult, fit } from "./fit.ts";
export { kernelFolders } from "./kernelFolders.ts";
export { type Connect, type Connection, connector } from "./measure/connection.ts";
export { peerConnector } from "./measure/peers/peerConnector.ts";
export type { Progress } from "./measure/progress.ts";
export type { ConnectPeer } from "./measure/workers.ts";
export { type MergeOptions, type MergeResult, mergeRuns } from "./mergeRuns.ts";
export { type Language, languages } from "./messages/languages.ts";
export { type Messages, messagesOf } from "./messages/messages.ts";
export * from "./record/comparison.ts";
export type { KernelFolder } from "./record/kernelFolder.ts";
export { type Measurement, type MeasurementColumns, UnreadableMeasurements } from "./record/measurements.ts";
export type { Merged, Part, Shard } from "./record/merged.ts";
export * from "./record/run.ts";
export { readRun, UnreadableRun } from "./record/runFolder.ts";
export { renderComparison } from "./report/comparisonMarkdown.ts";
export { renderMarkdown } from "./report/markdown.ts";
export { renderPage } from "./report/page.ts";
export { type DuetCheckout, type DuetResult, type DuetRun, runDuet } from "./runDuet.ts";
export { type RunOptions, type RunResult, runExperiment } from "./runExperiment.ts";
export { mergeRecords, UnmergeableRuns } from "./shards/mergeRecords.ts";
export { type ShardCells, shardCells } from "./shards/split.ts";
export { version } from "./version.ts";
