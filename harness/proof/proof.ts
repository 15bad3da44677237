export { readRun } from "../record/runFolder.ts";
export { gateCases, gateTally, runGate } from "./gate.ts";
export { heldOut } from "./heldOut.ts";
export { runPlanted } from "./plantedRun.ts";
export { scoreOf, tallyOf } from "./score.ts";
export { timeAnalysis } from "./timeAnalysis.ts";
export { truths } from "./truth.ts";
