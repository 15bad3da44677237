// Measures planted costs over and over, through the real schedule and analysis, and says how often what is told is true; or, with --held-out, whether
// the laws of real runs foretell their two largest n; with --gate, how often duets of planted costs cry wolf and how often they find a change.
// --noise FOLDER: the noise of duets that --real kept, as JSON: proof/recordedNoise.json is made so. --scale: what a sweep of 5,000 cells costs the command itself. --page N: what a report of 512 cells takes to make and to open, N times each. --real: a session of real kernels in five arms, two that do the same and three that do more work, cut into blocks.
// --repeated: how often n* and exponents of one of several runs lie in the intervals of another.
// --apart: runs of one code and device held against each other as `compare` does: how often it cries wolf, and what it could have found.
// --keep FILE with planted costs: scores are appended to it, and those in it are not made again, so that hours can be had in parts. It is for one code: remove it when any of analysis or schedule changes.
// usage: npm run proof [-- [--gate] --seeds N --filter TEXT --keep FILE | --scale | --page N | --real BLOCKS [--adapter NAME --seconds N --keep FOLDER] | --noise FOLDER --machine NAME | --held-out RUN… | --repeated RUN… | --apart RUN…]
import { execFileSync, fork } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadTool } from "./bundle.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "1000" },
    filter: { type: "string", default: "" },
    gate: { type: "boolean", default: false },
    scale: { type: "boolean", default: false },
    page: { type: "string" },
    real: { type: "string" },
    adapter: { type: "string", default: "auto" },
    seconds: { type: "string", default: "180" },
    keep: { type: "string" },
    noise: { type: "string" },
    machine: { type: "string", default: "recorded" },
    "held-out": { type: "string", multiple: true },
    repeated: { type: "string", multiple: true },
    apart: { type: "string", multiple: true },
    part: { type: "string" },
  },
});
const seeds = Number(values.seeds);
if (!Number.isInteger(seeds) || seeds < 1) {
  process.stderr.write(`proof: --seeds ${values.seeds}: a whole number from 1 on is wanted\n`);
  process.exit(2);
}

const say = (text) => process.stdout.write(`${text}\n`);
const percent = (share) => (share === undefined || Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`);

const loadProof = () => loadTool({ proof: "harness/proof/proof.ts" });

/** What is planted, each with a name, and how one seed of it is scored and a case's scores are told. */
const proofOf = ({ truths, runPlanted, scoreOf, gateCases, runGate }) =>
  values.gate
    ? { cases: gateCases, score: ({ machine, slower }, seed) => runGate(machine, slower, seed), tell: tellGate }
    : { cases: truths, score: async (truth, seed) => scoreOf(truth, await runPlanted(truth, seed)), tell: tellTruth };

/** Scores of an earlier call: { name, seed, score } a line. */
const keptScores = () =>
  values.keep !== undefined && existsSync(values.keep)
    ? readFileSync(values.keep, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line))
        .filter(({ seed }) => seed <= seeds)
    : [];

const chosen = (cases) => cases.filter(({ name }) => name.includes(values.filter));

/** One process's part of the seeds: those that leave `part` over the number of processes. */
const runPart = async (part, parts) => {
  const { cases, score } = proofOf(await import(new URL("../dist/proof.js", import.meta.url).href));
  const kept = new Set(keptScores().map(({ name, seed }) => `${seed} ${name}`));
  for (const one of chosen(cases))
    for (let seed = part + 1; seed <= seeds; seed += parts)
      if (!kept.has(`${seed} ${one.name}`)) process.send({ name: one.name, seed, score: await score(one, seed) });
};

/** All scores by the name of what was planted, each told when it is complete. */
const gather = async ({ cases, tell }) => {
  const scores = new Map(chosen(cases).map(({ name }) => [name, []]));
  const parts = Math.min(availableParallelism(), seeds);
  const flags = [
    "--seeds",
    String(seeds),
    "--filter",
    values.filter,
    ...(values.gate ? ["--gate"] : []),
    ...(values.keep === undefined ? [] : ["--keep", values.keep]),
  ];
  const take = ({ name, seed, score }) => {
    const of = scores.get(name);
    if (of === undefined) return;
    of.push({ seed, score });
    if (of.length < seeds) return;
    tell(
      name,
      of.sort((one, other) => one.seed - other.seed).map((one) => one.score),
    );
  };
  for (const one of keptScores()) take(one);
  await Promise.all(
    Array.from(
      { length: parts },
      (_, part) =>
        new Promise((resolve, reject) => {
          const child = fork(fileURLToPath(import.meta.url), [...flags, "--part", `${part}/${parts}`]);
          child.on("message", (one) => {
            if (values.keep !== undefined) appendFileSync(values.keep, `${JSON.stringify(one)}\n`);
            take(one);
          });
          child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`part ${part} ended with ${code}`))));
        }),
    ),
  );
};

let proof;
const tellTruth = (name, scores) => {
  const { exponents, crossing, width, error, wrongClass, undecided, wrongOutcome, turns } = proof.tallyOf(name, scores);
  const { smooth } = proof.truths.find((truth) => truth.name === name);
  const covered = smooth ? [exponents.map(percent).join(", "), percent(crossing)] : ["–", "–"];
  say(
    `| ${[name, ...covered, width === undefined ? "–" : `±${percent(width)}`, percent(error), percent(wrongClass), percent(undecided), percent(wrongOutcome), turns].join(" | ")} |`,
  );
};

const bounded = ({ count, all, upTo }) => `${count} of ${all} (≤ ${percent(upTo)})`;

const tellGate = (name, scores) => {
  const cells = proof.gateTally(scores).flatMap(({ alarms, missed }) => [bounded(alarms), missed ? bounded(missed) : "–"]);
  say(`| ${[name, ...cells].join(" | ")} |`);
};

/** Says of each run's folder how many of the points held out its laws foretold. */
const tellHeldOut = async (runs) => {
  const { heldOut, readRun } = await loadProof();
  const all = runs.flatMap((run) => heldOut(readRun(run).record).map((one) => ({ run, ...one })));
  for (const { run, arm, n, measured, predicted, inside } of all)
    say(
      `${inside ? "inside " : "OUTSIDE"} ${run} ${arm} n = ${n}: ${measured.toPrecision(4)} ms, foretold ${predicted.value.toPrecision(4)} [${predicted.low.toPrecision(4)}, ${predicted.high.toPrecision(4)}]`,
    );
  const inside = all.filter((one) => one.inside).length;
  say(`${inside} of ${all.length} held-out points lie inside the interval`);
};

/** Of runs of one experiment: how their numbers came out beside each other. */
const tellRepeated = async (runs) => {
  const { repeated, readRun } = await loadProof();
  for (const { of, runs: count, least, most, inside, pairs } of repeated(runs.map((run) => readRun(run).record)))
    say(
      `${of}: ${least.toPrecision(3)} to ${most.toPrecision(3)} in ${count} runs; the second's lies in the first's interval in ${inside} of ${pairs} pairs (${percent(inside / pairs)})`,
    );
};

/** Of runs of one code: how often `compare` would have called one of them slower than another. */
const tellApart = async (runs) => {
  const { runsApart, gateNames, readRun, analyse } = await loadProof();
  say(
    `| experiment | runs, pairs | ${gateNames.map((name) => `${name}: pairs with SLOWER`).join(" | ")} | intervals that hold 1 | noise floor | found in 95 of 100 |\n|${"---|".repeat(5 + gateNames.length)}`,
  );
  const records = runs.map((run) => analyse(readRun(run).record)).sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1));
  for (const { experiment, runs: count, pairs, alarms, times, held, noiseFloor, findable } of runsApart(records))
    say(
      `| ${[experiment, `${count}, ${pairs}`, ...gateNames.map((name) => `${alarms[name]}`), `${held} of ${times}`, `±${percent(noiseFloor)}`, `+${percent(findable)}`].join(" | ")} |`,
    );
};

/** Blocks of one session of five arms, and what each judge made of them. */
const tellReal = async (blocks) => {
  const { realBlock, gateNames, counted } = await loadProof();
  const all = [];
  for (let number = 1; number <= blocks; number++) {
    const { records, ...block } = await realBlock(values.adapter, Number(values.seconds), number);
    all.push(block);
    if (values.keep !== undefined) {
      mkdirSync(values.keep, { recursive: true });
      writeFileSync(join(values.keep, `${number}.json`), JSON.stringify(records));
    }
    const counts = [1, 1.05, 1.1, 1.2].map((factor) => {
      const of = block.cells.filter((one) => one.factor === factor);
      return `${of.filter(({ slower }) => slower.attnbench).length} of ${of.length} that do ${factor} times the work`;
    });
    say(`block ${number}: SLOWER are ${counts.join(", ")}`);
  }
  say(
    "\n| of the same samples | blocks with a false alarm | cells with a false alarm | grids with one beside the changed cell | +5 % missed | +10 % missed | +20 % missed |\n|---|---|---|---|---|---|---|",
  );
  const cells = all.flatMap((block) => block.cells);
  const slowerOf = (name, factor) => cells.filter((one) => one.factor === factor).map(({ slower }) => slower[name]);
  const told = (said) => bounded(counted(said));
  for (const name of gateNames) {
    const inBlocks = all.map((block) => block.cells.some(({ factor, slower }) => factor === 1 && slower[name]));
    const beside = all.flatMap((block) => block.besideOf[name]);
    const missed = [1.05, 1.1, 1.2].map((factor) => told(slowerOf(name, factor).map((said) => !said)));
    say(`| ${[name, told(inBlocks), told(slowerOf(name, 1)), told(beside), ...missed].join(" | ")} |`);
  }
  const rms = (read) => percent(Math.sqrt(cells.reduce((sum, { off }) => sum + read(off) ** 2, 0) / cells.length));
  say(
    `\nof ${cells.length} ratios, attnbench's are off by ${rms((off) => off.attnbench)} (root mean square) and those of medians by ${rms((off) => off.medians)}; its intervals miss ${told(cells.map(({ held }) => !held))}`,
  );
};

/** Each making in a process of its own, as a command makes one: code that ran before is faster. */
const tellPage = async (times) => {
  const { largeRun, openPage } = await loadTool({ pageCost: "harness/proof/pageCost.ts" });
  const folder = mkdtempSync(join(tmpdir(), "attnbench-page-"));
  const [run, page] = [join(folder, "run.json"), join(folder, "page.html")];
  const middle = (all) => all.sort((one, other) => one - other)[Math.floor(all.length / 2)].toFixed(0);
  try {
    writeFileSync(run, JSON.stringify(largeRun()));
    const makings = Array.from({ length: times }, () =>
      JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), "--page", page, "--part", run], { encoding: "utf8" })),
    );
    say(
      `512 cells: made in ${middle(makings.map(({ wallMs }) => wallMs))} ms (${middle(makings.map(({ cpuMs }) => cpuMs))} ms of processors), ${(makings[0].bytes / 1e6).toFixed(2)} MB`,
    );
    const openings = await openPage(page, times);
    const of = (read) => middle(openings.map(read));
    say(
      `in Chromium tables sort and can be searched after ${of(({ tablesMs }) => tablesMs)} ms, and the chart beside the answer answers after ${of(({ interactiveMs }) => interactiveMs)} ms (${of(({ threadMs }) => threadMs)} ms of the page's thread); middle of ${times}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

if (values.page !== undefined && values.part !== undefined) {
  const { makePage } = await import("../dist/pageCost.js");
  say(JSON.stringify(await makePage(JSON.parse(readFileSync(values.part, "utf8")), values.page)));
} else if (values.page !== undefined) {
  await tellPage(Number(values.page));
} else if (values.scale) {
  say(JSON.stringify(await (await loadProof()).measureScale(), undefined, 1));
} else if (values.noise !== undefined) {
  const numbers = readdirSync(values.noise).flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []);
  const kept = numbers.sort((one, other) => one - other).map((number) => JSON.parse(readFileSync(join(values.noise, `${number}.json`), "utf8")));
  say(JSON.stringify((await loadProof()).recordedNoise(values.machine, kept)));
} else if (values.real !== undefined) {
  await tellReal(Number(values.real));
} else if (values["held-out"] !== undefined) {
  await tellHeldOut([...values["held-out"], ...positionals]);
} else if (values.repeated !== undefined) {
  await tellRepeated([...values.repeated, ...positionals]);
} else if (values.apart !== undefined) {
  await tellApart([...values.apart, ...positionals]);
} else if (values.part === undefined) {
  proof = await loadProof();
  if (values.gate) {
    say(`${seeds} duets of each: of twelve cells, those with a false SLOWER, and those that missed the change (one-sided 95 % bounds)\n`);
    say(
      "| planted | attnbench: false alarms | missed | fixed 5 %: false alarms | missed | Mann–Whitney U at 5 %: false alarms | missed |\n|---|---|---|---|---|---|---|",
    );
    await gather(proofOf(proof));
    process.exit(0);
  }
  say(`${seeds} seeds of each, 95 % intervals\n`);
  say("| planted | exponents held (softmax, linear) | n* held | half its interval | its error | wrong class | undecided | wrong outcome | turns |");
  say("|---|---|---|---|---|---|---|---|---|");
  await gather(proofOf(proof));
  const { cells, samples, seconds } = proof.timeAnalysis();
  say(`\nanalysing ${cells} cells of ${samples} samples each took ${seconds.toFixed(1)} s of one core`);
} else {
  const [part, parts] = values.part.split("/").map(Number);
  await runPart(part, parts);
  process.disconnect();
}
