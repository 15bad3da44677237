export { runPlanted } from "./plantedRun.ts";
export { scoreOf, tallyOf } from "./score.ts";
export { truths } from "./truth.ts";
