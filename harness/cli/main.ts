#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { keepHeapSmall } from "../heap.ts";
import { languages } from "../messages/languages.ts";
import { version } from "../version.ts";
import { type ExitCode, exitCode } from "./exit.ts";
import { type Fault, tellFault } from "./fault.ts";
import { runAnswer } from "./runAnswer.ts";
import { printJson, say } from "./terminal.ts";

keepHeapSmall();

/** The command line: words and flags here, each command's work in commands/, loaded when it is asked for. */
const program = new Command("attnbench")
  .description("From which length on does linear attention beat softmax attention on this GPU, in time and memory?")
  .version(version)
  .showHelpAfterError("(attnbench --help shows every command)")
  .exitOverride();

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

const adapterOption = () =>
  new Option("--adapter <name>", "auto, gpu, lavapipe, embedded, or a part of an adapter's name").default("auto").argParser((name: string) => {
    // An unset variable in a script would take whatever answers.
    if (name.trim() === "") throw new InvalidArgumentError("It is empty; accepted: auto, gpu, lavapipe, embedded, or a part of an adapter's name.");
    return name;
  });
const kernelsOption = () => new Option("--kernels <dir>", "load mechanisms from this folder too (repeatable)").argParser(collect).default([], "none");
const outOption = (what: string) =>
  new Option("--out <dir>", what).default(".").argParser((folder: string) => {
    // An unset variable in a script would fill the folder that it runs in.
    if (folder === "") throw new InvalidArgumentError("It is empty; accepted: a folder, which is made where it is not there.");
    return folder;
  });
const jsonOption = () => new Option("--json", "print one JSON object on stdout");

program
  .command("run")
  .description("run experiment files: verify, time, fit, report")
  .argument("<file...>", "experiment YAML files")
  .addOption(new Option("--set <path=value>", "override a value of the file, e.g. axes.n=[128,256] (repeatable)").argParser(collect).default([], "none"))
  .addOption(
    new Option("--filter <condition>", 'run only these cells, e.g. "n >= 1024 and mechanism = linear" (repeatable: cells that meet all)').argParser(
      (value: string, before: string | undefined) => (before === undefined ? value : `(${before}) and (${value})`),
    ),
  )
  .addOption(adapterOption())
  .addOption(kernelsOption())
  .option("--budget <duration>", "time for measuring, e.g. 5m (measure.maxTime of every file)")
  .addOption(
    new Option("--refine <crossover=share>", "add n around each n* until half its interval is this share of it, or one tile, e.g. crossover=5%").argParser(
      (value: string) => {
        const [, share] = /^crossover=(\S+)$/.exec(value.trim()) ?? [];
        if (share === undefined) throw new InvalidArgumentError("Accepted: crossover=SHARE, e.g. crossover=5%.");
        return share;
      },
    ),
  )
  .option("--shard <i/k>", "run only part i of k, with whole comparisons; auto: the place in a Slurm array, auto/k also in an indexed Kubernetes job")
  .option("--resume", "go on with the newest unfinished run of the same experiment, device and commit")
  .option("--tune", "time the variants of every arm near n* first, and run the fastest")
  .option("--dry-run", "print the plan: cells, FLOPs, bytes; opens no device")
  .addOption(outOption("where results/ and reports/ go"))
  .addOption(jsonOption())
  .option("--quiet", "no progress, only the answer and its notes")
  .option("--open", "open the report in a browser")
  .addOption(
    new Option("--undecided <verdict>", "fail: an expectation that is undecided ends with exit code 3, as a failed one").choices(["ok", "fail"]).default("ok"),
  )
  .action(async (files, options) => finish((await import("./commands/run.ts")).run(files, options)));

program
  .command("report")
  .description("render the report of finished or interrupted runs anew")
  .argument("<run...>", "run folders or run.json files")
  .addOption(
    new Option("--format <format>", "html writes reports/<experiment>.html, of an older run reports/<experiment>-<run>.html; md prints Markdown")
      .choices(["html", "md"])
      .default("html"),
  )
  .addOption(
    new Option("--lang <language>", "language of the report; zh (Chinese) writes reports/<experiment>.zh.html beside the English page")
      .choices(languages)
      .default("en"),
  )
  .addOption(outOption("where reports/ goes"))
  .addOption(jsonOption())
  .action(async (runs, options) => finish((await import("./commands/report.ts")).report(runs, options)));

const thresholdOption = () => new Option("--threshold <share>", "a change of time that is worth telling, e.g. 5%");
const strictOption = () => new Option("--strict", "times of a CPU emulation gate too, and do not only advise");
const gateOption = () =>
  new Option("--undecided <verdict>", "fail: what is undecided ends with exit code 3, as what became worse does").choices(["ok", "fail"]).default("ok");

const toldInOption = (what: string) => new Option("--lang <language>", what).choices(languages).default("en");

program
  .command("compare")
  .description("hold a run against an earlier one: what became slower, larger, less exact or of a worse order (exit code 3)")
  .argument("<base>", "run folder or run.json")
  .argument("<head>", "run folder or run.json")
  .addOption(thresholdOption())
  .addOption(strictOption())
  .addOption(gateOption())
  .option("--allow-different", "runs of other devices, drivers or experiments: side by side, gating nothing")
  .addOption(
    new Option("--format <format>", "md prints Markdown, html a page; github annotates what became worse and adds to the job summary, in a workflow")
      .choices(["text", "md", "html", "github"])
      .default("text"),
  )
  .addOption(toldInOption("language of what is said; JSON is in English"))
  .addOption(jsonOption())
  .action(async (base, head, options) => finish((await import("./commands/compare.ts")).compare(base, head, options)));

program
  .command("duet")
  .description("measure the working tree beside an earlier commit, turn by turn on one device, and gate on what became worse (exit code 3)")
  .argument("<gitref>", "commit, branch or tag to compare with; HEAD: an A/A run, or what is not committed")
  .argument("<file>", "experiment YAML file")
  .addOption(new Option("--set <path=value>", "as for run").argParser(collect).default([], "none"))
  .option("--filter <condition>", "as for run")
  .addOption(thresholdOption())
  .addOption(strictOption())
  .addOption(gateOption())
  .addOption(adapterOption())
  .addOption(kernelsOption())
  .option("--budget <duration>", "time for measuring both, e.g. 3m (measure.maxTime of the file)")
  .addOption(outOption("where results/ goes"))
  .addOption(
    new Option("--format <format>", "github annotates what became worse and adds to the job summary, in a workflow")
      .choices(["text", "github"])
      .default("text"),
  )
  .addOption(toldInOption("language of the answer; zh (Chinese) writes comparison.zh.html and comparison.zh.md beside the English ones; JSON is in English"))
  .addOption(jsonOption())
  .option("--quiet", "no progress, only the answer")
  // Known, so that it is refused in words.
  .addOption(new Option("--resume").hideHelp())
  .action(async (ref, file, options) => finish((await import("./commands/duet.ts")).duet(ref, file, options)));

program
  .command("merge")
  .description("put the shards of an experiment together: one run for each device")
  .argument("<run...>", "run folders or run.json files of runs with --shard")
  .addOption(outOption("where results/ and reports/ go"))
  .addOption(jsonOption())
  .addOption(
    new Option("--undecided <verdict>", "fail: shards that are missing end with exit code 3, as an undecided expectation does")
      .choices(["ok", "fail"])
      .default("ok"),
  )
  .action(async (runs, options) => finish((await import("./commands/merge.ts")).merge(runs, options)));

program
  .command("fit")
  .description("tell how anyone's measurements grow and where they cross, as run does of its own")
  .argument("<csv>", "file with a header, by default columns n, ms and arm; - reads a pipe")
  .option("--x <column>", "the size; n unless given")
  .option("--y <column>", "the time, or anything above 0; ms or medianMs unless given")
  .option("--group <column,…>", "what names a curve; arm or label unless given, one curve without")
  .addOption(jsonOption())
  .action(async (csv, options) => finish((await import("./commands/fit.ts")).fit(csv, options)));

program
  .command("exec")
  .description("compute one mechanism once on tensors of your own, to check it against PyTorch or ONNX Runtime")
  .argument("<mechanism>", "attnbench list names them")
  .addOption(new Option("--phase <phase>", "prefill: n tokens at once; decode: one token").choices(["prefill", "decode"]).makeOptionMandatory())
  .option("--form <form>", "how it is computed; the phase's default unless given")
  .addOption(
    new Option("--scale <scale>", "what q·k, or the readout of a state, is multiplied by; 1/√headDim unless given").argParser((text: string) => {
      const scale = text.trim() === "" ? Number.NaN : Number(text);
      if (!Number.isFinite(scale)) throw new InvalidArgumentError("It is not a finite number.");
      return scale;
    }),
  )
  .addOption(new Option("--set <name=value>", "set a parameter of the mechanism, e.g. featureMap=elu+1 (repeatable)").argParser(collect).default([], "none"))
  .requiredOption(
    "--tensors <file>",
    "safetensors file with q, k, v, and g, beta, state, z, kCache, vCache where they are taken (caches: tokens in the order of time, with a window sinks first)",
  )
  .requiredOption("--out <file>", "safetensors file to write: o and the new state or caches, which the next call takes")
  .addOption(adapterOption())
  .addOption(kernelsOption())
  .addOption(jsonOption())
  .action(async (mechanism, options) => finish((await import("./commands/exec.ts")).exec(mechanism, options)));

program
  .command("list")
  .description("list mechanisms, their forms, phases and parameters")
  .addOption(kernelsOption())
  .addOption(jsonOption())
  .action(async (options) => finish((await import("./commands/list.ts")).list(options)));

program
  .command("check")
  .description("check experiment files without running them")
  .argument("<file...>", "experiment YAML files")
  .addOption(new Option("--set <path=value>", "as for run").argParser(collect).default([], "none"))
  .addOption(kernelsOption())
  .addOption(jsonOption())
  .action(async (files, options) => finish((await import("./commands/check.ts")).check(files, options)));

program
  .command("init")
  .description("write a commented experiment file to start from")
  .argument("[file]", "file to write", "experiment.yaml")
  .action(async (file) => finish((await import("./commands/init.ts")).init(file)));

program
  .command("doctor")
  .description("say what this machine offers and what to do about what it lacks")
  .addOption(adapterOption())
  .addOption(outOption("where results/ and reports/ would go"))
  .addOption(jsonOption())
  .action(async (options) => finish((await import("./commands/doctor.ts")).doctor(options)));

program
  .command("schema")
  .description("print the JSON Schema of experiment files")
  .addOption(kernelsOption())
  .action(async (options) => finish((await import("./commands/schema.ts")).schema(options)));

/** What was typed and is no command; undefined where help or the version was asked for. Commander has said it. */
const misusedAs = ({ exitCode: code, message }: CommanderError): Fault | undefined =>
  code === 0 ? undefined : { exitCode: exitCode.usage, message: message.replace(/^error: /, "") };

let ended: ExitCode = exitCode.ok;
const finish = async (command: Promise<ExitCode>): Promise<void> => {
  ended = await command;
};

// `attnbench list | head` closes the pipe early: that is no error, and no pass of a gate that is looked at after it.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  say(`standard output cannot be written: ${error.message}`);
  process.exit(exitCode.usage);
});
// What cannot be said is no reason to lose what is measured.
process.stderr.on("error", () => {});

try {
  await program.parseAsync();
} catch (error) {
  const fault = error instanceof CommanderError ? misusedAs(error) : tellFault(error);
  if (fault !== undefined && process.argv.includes("--json")) printJson({ ...(process.argv[2] === "run" ? runAnswer([]) : {}), error: fault });
  if (fault !== undefined && /--format[= ]github\b/.test(process.argv.join(" "))) (await import("./github.ts")).annotateFault(fault);
  ended = fault?.exitCode ?? exitCode.ok;
}
process.exitCode = ended;
