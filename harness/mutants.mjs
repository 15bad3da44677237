// Changes one token of a kernel at a time, a thousand times over, and asks whether verification notices. usage: npm run mutants [-- --filter CONDITION --budget N --seed N --adapter NAME]
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadTool } from "./bundle.mjs";

const leastRate = 0.95;

/** A whole number of at least 1. Throws where it is none. */
const counted = (name, text) => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} ${text}: a whole number from 1 on is wanted`);
  return Number(text);
};

const read = () => {
  const { values } = parseArgs({
    options: {
      filter: { type: "string" },
      budget: { type: "string", default: "5" },
      seed: { type: "string", default: "1" },
      // On CPU emulations most of the time goes into compiling, and this one compiles twice as fast as lavapipe.
      adapter: { type: "string", default: "embedded" },
    },
  });
  return { ...values, budget: counted("budget", values.budget), seed: counted("seed", values.seed) };
};

const say = (text) => process.stdout.write(`${text}\n`);

const describe = ({ cell, label, variant, mutant, line, trial }) =>
  `${cell.mechanism} ${cell.form} ${cell.phase}, ${label} (${variant}), ${mutant.line}:${mutant.column} ${mutant.from} → ${mutant.to || "nothing"}\n    ${line}\n    ${trial.reason ?? ""}`;

const onEvent = (event) => {
  if (event.kind === "adapter")
    say(`on ${event.name}, this adapter's variants (own), then those of GPUs whose subgroups have one size (hardware) or several (rangedHardware)`);
  if (event.kind === "module")
    say(`${event.variant} ${event.of}: ${event.cell.mechanism} ${event.cell.form} ${event.cell.phase}, ${event.label}: ${event.drawn} mutants`);
  if (event.kind === "mutant" && event.record.trial.outcome === "survived") say(`  survived: ${describe(event.record)}`);
};

try {
  const request = read();
  const { runMutants, tally, tallyText } = await loadTool({
    mutants: "harness/mutants/mutants.ts",
    "mutable/kernels/definition": "harness/mutants/definition.ts",
  });
  say(`at most ${request.budget} mutants of each module, drawn by seed ${request.seed}${request.filter ? `, cells with ${request.filter}` : ""}`);
  const records = await runMutants({ ...request, kernels: resolve("dist/mutable") }, onEvent);
  const total = tally(records, () => "").at(-1);
  say(
    `\n${tallyText(
      "kernel",
      tally(records, ({ cell, label }) => `${cell.mechanism} ${cell.form}, ${label}`),
    )}`,
  );
  say(
    `\n${tallyText(
      "change",
      tally(records, ({ mutant }) => mutant.kind),
    )}`,
  );
  const survivors = records.filter(({ trial }) => trial.outcome === "survived");
  say(`\n${survivors.length} survived${survivors.length > 0 ? ":" : ""}`);
  for (const record of survivors) say(`  ${describe(record)}`);
  say(
    `\n${(total.rate * 100).toFixed(1)} % of ${total.caught + total.survived} mutants that changed what is written were caught (at least ${leastRate * 100} % are wanted)`,
  );
  process.exitCode = total.rate >= leastRate ? 0 : 1;
} catch (error) {
  process.stderr.write(`mutants: ${error.message}\n`);
  process.exitCode = 2;
}
