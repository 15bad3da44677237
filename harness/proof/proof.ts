export { readRun } from "../record/runFolder.ts";
export { gateCases, gateNames, gateTally, runGate, upperBound } from "./gate.ts";
export { heldOut } from "./heldOut.ts";
export { runPlanted } from "./plantedRun.ts";
export { realBlock } from "./realGate.ts";
export { measureScale } from "./scale.ts";
export { scoreOf, tallyOf } from "./score.ts";
export { timeAnalysis } from "./timeAnalysis.ts";
export { truths } from "./truth.ts";
