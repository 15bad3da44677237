import type { CompileTime } from "./compiler.ts";

/** Modules that take the longest, as Markdown, `count` at most, the slowest first: CPU seconds with two digits behind the point. */
export const timesTable = (times: readonly CompileTime[], count: number): string =>
  [
    "| phase, form | step | of | headDim | CPU s |",
    "|---|---|---|---|---|",
    ...times
      .toSorted((one, other) => other.seconds - one.seconds)
      .slice(0, count)
      .map(({ mechanism, phase, form, headDim, label, seconds }) => `| ${phase} ${form} | ${label} | ${mechanism} | ${headDim} | ${seconds.toFixed(2)} |`),
  ].join("\n");
