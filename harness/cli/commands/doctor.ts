import { cpus, freemem, loadavg, totalmem } from "node:os";
import { resolve } from "node:path";
import { formatBytes, formatCount } from "../../analysis/format.ts";
import { NoAdapter } from "../../device/adapterFacts.ts";
import { visibleGpus } from "../../device/adapters.ts";
import { type Connection, connector, gpuRemedy } from "../../measure/connection.ts";
import { adapterName } from "../../record/adapterName.ts";
import { assertWritableFolder, UnwritableFolder } from "../../record/folder.ts";
import { type ExitCode, exitCode } from "../exit.ts";
import { print, printJson, styled, table } from "../terminal.ts";
import { removeStaleWorktrees } from "../worktrees.ts";

interface Line {
  readonly verdict: "ok" | "warn" | "fail";
  readonly subject: string;
  readonly found: string;
  readonly remedy?: string | undefined;
}

const oldestNode = [20, 19];

const nodeLine = (): Line => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const old = major < (oldestNode[0] ?? 0) || (major === oldestNode[0] && minor < (oldestNode[1] ?? 0));
  return {
    verdict: old ? "fail" : "ok",
    subject: "node",
    found: process.versions.node,
    remedy: old ? `install Node ${oldestNode.join(".")} or newer` : undefined,
  };
};

const outLine = (out: string): Line => {
  try {
    assertWritableFolder(out);
    return { verdict: "ok", subject: "output", found: `${resolve(out)} can be written` };
  } catch (error) {
    if (!(error instanceof UnwritableFolder)) throw error;
    return { verdict: "fail", subject: "output", found: error.message, remedy: "choose another folder with --out" };
  }
};

const loadLine = (): Line => {
  const load = loadavg()[0] ?? 0;
  const busy = load > 0.5 * cpus().length;
  return {
    verdict: busy ? "warn" : "ok",
    subject: "load",
    found: `${load.toFixed(1)} on ${cpus().length} cores`,
    remedy: busy ? "other work makes times noisy, above all on a CPU emulation: end it before measuring" : undefined,
  };
};

const memoryLine = (): Line => {
  const tight = freemem() < 2 ** 31;
  return {
    verdict: tight ? "warn" : "ok",
    subject: "memory",
    found: `${formatBytes(freemem())} free of ${formatBytes(totalmem())}`,
    remedy: tight ? "less than 2 GiB is free: large n may be killed" : undefined,
  };
};

const gpuLine = (): Line => {
  const gpus = visibleGpus();
  return { verdict: "ok", subject: "GPU devices", found: gpus.length > 0 ? gpus.join(", ") : "none visible" };
};

const adapterLines = ({ hello, choice, passedOver }: Connection): Line[] => {
  const { facts, capabilities, clock, features } = hello;
  const has = (feature: string, remedy: string): Line => {
    const there = features.includes(feature);
    return { verdict: there ? "ok" : "warn", subject: feature, found: there ? "yes" : "no", remedy: there ? undefined : remedy };
  };
  const fine = Number.isFinite(clock.stepNs) && clock.stepNs < 10_000;
  return [
    {
      verdict: facts.software ? "warn" : "ok",
      subject: "adapter",
      found: `${adapterName(facts, facts.software)} (${choice}${facts.software ? ", a CPU emulation" : ""})`,
      remedy: facts.software ? "growth laws and bytes carry over to GPUs; for times of a GPU run attnbench where one is" : undefined,
    },
    ...passedOver.map(
      (reason): Line => ({
        verdict: "warn",
        subject: "passed over",
        found: reason,
        remedy: "name an adapter with --adapter to insist on it and see why it fails",
      }),
    ),
    has("timestamp-query", "times come from the wall clock and include submitting; every chart says so"),
    has("subgroups", "kernels take their workgroup-memory path"),
    has("shader-f16", "f16 cells are skipped"),
    {
      verdict: fine ? "ok" : "warn",
      subject: "clock",
      remedy: fine ? undefined : "passes get longer, as each must take a hundred steps; very short kernels end as belowResolution",
      found: `${clock.source === "gpu" ? "GPU timestamps" : "wall clock"}, step ${formatCount(Math.round(clock.stepNs))} ns`,
    },
    {
      verdict: "ok",
      subject: "largest buffer",
      found: `${formatBytes(capabilities.maxBufferSize)}, ${formatBytes(capabilities.maxStorageBufferBindingSize)} in one binding: bounds n × heads × headDim`,
    },
  ];
};

/** Where a duet was killed, git goes on believing in worktrees that nobody will use: they are removed, and that is told. */
const leftLines = (): Line[] => {
  const left = removeStaleWorktrees(process.cwd());
  return left.length === 0 ? [] : [{ verdict: "ok", subject: "worktrees", found: `${left.length} of a duet that was killed, removed just now` }];
};

/** `attnbench doctor`: one line a fact, ok, warn or fail, with what to do. Exit 4 without a usable adapter, 2 where nothing could be written. */
export const doctor = async (options: { adapter: string; out: string; json?: true }): Promise<ExitCode> => {
  const lines: Line[] = [nodeLine(), outLine(options.out), loadLine(), memoryLine(), gpuLine(), ...leftLines()];
  let code: ExitCode = lines.some(({ verdict }) => verdict === "fail") ? exitCode.usage : exitCode.ok;
  try {
    const connection = await connector(options.adapter, { mode: "timing", kernels: [], memoryBudgetBytes: 2 ** 30 })();
    lines.push(...adapterLines(connection));
    await connection.worker.close();
  } catch (error) {
    if (!(error instanceof NoAdapter)) throw error;
    code = exitCode.noAdapter;
    lines.push({
      verdict: "fail",
      subject: "adapter",
      found: error.message,
      remedy: `${gpuRemedy}; on x64 Linux --adapter embedded needs none (npm install without --omit=optional)`,
    });
  }
  if (options.json) printJson({ ok: code === exitCode.ok, lines });
  else {
    const colours = { ok: "green", warn: "yellow", fail: "red" } as const;
    print(
      table(lines.map(({ verdict, subject, found, remedy }) => [verdict, subject, remedy ? `${found}: ${remedy}` : found])).replace(
        /^(ok|warn|fail)\b/gm,
        (word) => styled(colours[word as keyof typeof colours], word),
      ),
    );
  }
  return code;
};
