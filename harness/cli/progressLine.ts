import { formatCount, formatEstimate, formatList, formatMs } from "../analysis/format.ts";
import type { Eta, Progress } from "../measure/progress.ts";
import type { Outcome } from "../record/run.ts";
import { plainBlock, plainLine } from "./plainText.ts";
import { say, styled, written } from "./terminal.ts";

/** Shows a run's progress: a live last line on a terminal, else a line a cell in turn 0 and a heartbeat after. */
export interface ProgressLine {
  show(progress: Progress): void;
  end(): void;
}

const heartbeatMs = 30_000;
const redrawMs = 100;

export const createProgressLine = (quiet: boolean): ProgressLine => {
  if (quiet) return { show: () => {}, end: () => {} };
  const live = process.stderr.isTTY === true && !process.env.CI;
  let drawnAt = 0;
  let saidAt = performance.now();
  const wipe = (): void => {
    if (live && drawnAt > 0) process.stderr.write("\r\u001b[K");
  };
  const line = (text: string): void => {
    wipe();
    say(text);
    saidAt = performance.now();
  };
  const redraw = (text: string): void => {
    if (live) {
      if (performance.now() - drawnAt < redrawMs) return;
      drawnAt = performance.now();
      process.stderr.write(`\r\u001b[K${written(styled("dim", plainLine(text, (process.stderr.columns ?? 80) - 1)))}`);
    } else if (performance.now() - saidAt >= heartbeatMs) {
      saidAt = performance.now();
      say(text);
    }
  };
  return {
    show(progress) {
      switch (progress.type) {
        case "began":
          if (progress.keptVisits !== undefined) line(`going on with ${progress.folder}: ${progress.keptVisits} visits are kept`);
          break;
        case "connected":
          for (const reason of progress.passedOver) line(styled("dim", `passed over: ${reason}`));
          line(
            `${progress.adapter} (${progress.choice}${progress.deviceClass === "software" ? ", a CPU emulation: growth laws and bytes carry over to GPUs, times do not" : ""})`,
          );
          break;
        case "ceilings":
          line(styled("dim", `ceilings here: reading ${progress.readGbps.toFixed(1)} GB/s, multiply-add ${progress.fmaGflops.toFixed(1)} GFLOP/s`));
          break;
        case "cell":
          line(cellLine(progress));
          break;
        case "lost":
          line(`    ${styled("yellow", "again  ")} ${progress.id}  ${plainBlock(progress.reason)}: a new worker makes this visit again`);
          break;
        case "writing":
          redraw(`writing a text with ${progress.id}, and with float64`);
          break;
        case "written":
          line(
            progress.reason === undefined
              ? `    ${styled("green", "ok     ")} ${progress.id}  ${formatCount(progress.tokens)} ${progress.tokens === 1 ? "token" : "tokens"} written`
              : `    ${statusWord(progress.status)} ${progress.id}  text: ${progress.reason}`,
          );
          break;
        case "tuning":
          redraw(`timing the variants of ${progress.id}`);
          break;
        case "added":
          line(
            `${progress.between.join(" and ")} cross near n = ${formatEstimate(progress.n)}: measuring ${formatList(progress.added.map((n) => `n = ${formatCount(n)}`))} too`,
          );
          break;
        case "turn":
          redraw(
            `${left(progress.eta)} · turn ${progress.turn + 1} done by worker ${progress.worker + 1}, ${progress.cells} cells${progress.kept ? "" : "; the device changed its pace, so it is made again"}`,
          );
          break;
        case "visit":
          redraw(
            progress.turn === 0
              ? `${left(progress.eta)} · calibrating ${progress.id}`
              : `${left(progress.eta)} · turn ${progress.turn + 1} · ${progress.position + 1}/${progress.of} · ${progress.id}`,
          );
          break;
        default:
          progress satisfies never;
      }
    },
    end: wipe,
  };
};

const left = ({ ms, atMost }: Eta): string => `${atMost ? "at most " : "about "}${duration(ms)} left`;

const duration = (ms: number): string => (ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`);

const statusWord = (status: Outcome["status"]): string => {
  const words = {
    ok: styled("green", "ok     "),
    failed: styled("red", "FAILED "),
    skipped: styled("yellow", "skipped"),
    censored: styled("yellow", "stopped"),
  };
  return words[status as keyof typeof words] ?? status;
};

const cellLine = (progress: Extract<Progress, { type: "cell" }>): string => {
  const word = statusWord(progress.status);
  const time = progress.status === "ok" && progress.medianMs !== undefined ? formatMs(progress.medianMs) : plainBlock(progress.reason ?? "");
  return `${String(progress.done).padStart(3)} ${word} ${progress.id}  ${time}`;
};
