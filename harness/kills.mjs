// Strikes runs down at random moments (kill -9 of command and worker, Ctrl-C, SIGTERM), goes on with them, and looks whether every finished visit is there once and nothing is left over.
// --duet: of duets, after each of which the next must find and leave nothing.
// usage: npm run kills [-- --times N --seed N --adapter NAME --duet] (Linux)
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadTool } from "./bundle.mjs";

const { values } = parseArgs({
  options: {
    times: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    adapter: { type: "string", default: "embedded" },
    duet: { type: "boolean" },
  },
});
const [times, first] = [values.times, values.seed].map((text) => {
  if (!/^\d{1,6}$/.test(text)) throw new Error(`${text}: a whole number is wanted`);
  return Number(text);
});
const say = (text) => process.stdout.write(`${text}\n`);

const { killOnce, killDuetOnce } = await loadTool({ kills: "harness/kills/tool.ts" });
const strike = values.duet ? killDuetOnce : killOnce;
const tally = new Map();
let [struck, flawed, resumed, visits, seed] = [0, 0, 0, 0, first];
// An hour on two busy cores: Ctrl-C ends after the run under way, with what was seen.
let wanted = times;
process.once("SIGINT", () => {
  wanted = 0;
});
for (; struck < wanted; seed++) {
  const kill = await strike(seed, resolve("dist/cli.js"), values.adapter);
  if (kill === undefined) continue;
  struck++;
  tally.set(kill.blow, (tally.get(kill.blow) ?? 0) + 1);
  if (kill.resumed) resumed++;
  visits += kill.visits;
  if (kill.flaws.length > 0) flawed++;
  for (const flaw of kill.flaws) say(`FLAW seed ${seed}, ${kill.blow}, ${kill.moment}: ${flaw}`);
}
say(
  `seeds ${first} to ${seed - 1}: ${struck} ${values.duet ? "duets" : "runs"} struck down (${[...tally].map(([blow, count]) => `${blow}: ${count}`).join(", ")}); ${resumed} of them had begun${values.duet ? "" : " and were gone on with"}, ${visits} finished visits in all; ${flawed} came out wrong`,
);
process.exitCode = flawed > 0 ? 1 : 0;
