export { killDuetOnce } from "./duetKills.ts";
export { killOnce } from "./kills.ts";
