import { buffer as streamBuffer } from "node:stream/consumers";
import type { CurveCrossing, CurveFit } from "../../analysis/curves.ts";
import { formatChoice, formatCount, formatEstimate, formatNumber } from "../../analysis/format.ts";
import { type FitResult, fit as fitText } from "../../fit.ts";
import type { Estimate } from "../../record/derived.ts";
import { type MeasurementColumns, UnreadableMeasurements } from "../../record/measurements.ts";
import { shortLabels } from "../../report/shortLabels.ts";
import { CommandEnd, type ExitCode, exitCode } from "../exit.ts";
import { fileBytes } from "../fileBytes.ts";
import { plainLine } from "../plainText.ts";
import { print, printJson, say, table } from "../terminal.ts";

export interface FitFlags extends MeasurementColumns {
  readonly json?: true;
}

/** `attnbench fit data.csv`: the growth of anyone's measurements, and where they cross. "-" reads a pipe. */
export const fit = async (file: string, flags: FitFlags): Promise<ExitCode> => {
  const name = file === "-" ? "standard input" : file;
  const text = file === "-" ? await pipedText() : fileText(file);
  let result: FitResult;
  try {
    result = fitText(text, name, flags);
  } catch (error) {
    if (error instanceof UnreadableMeasurements) throw new CommandEnd(exitCode.usage, plainLine(error.message, 2000));
    throw error;
  }
  const { leftOut } = result.table;
  if (leftOut > 0) say(`${leftOut} ${leftOut === 1 ? "row has" : "rows have"} another status than ok and no time: left out`);
  if (flags.json) printJson(fitAnswer(result));
  else print(fitPage(result));
  return exitCode.ok;
};

const pipedText = async (): Promise<string> => {
  if (process.stdin.isTTY)
    throw new CommandEnd(exitCode.usage, "nothing is piped in: attnbench fit - reads CSV from a pipe, e.g. cat data.csv | attnbench fit -");
  return decoded(await streamBuffer(process.stdin));
};

/** UTF-8, or by its mark UTF-16, which is what PowerShell writes. */
const decoded = (bytes: Buffer): string =>
  bytes[0] === 0xff && bytes[1] === 0xfe
    ? new TextDecoder("utf-16le").decode(bytes)
    : bytes[0] === 0xfe && bytes[1] === 0xff
      ? new TextDecoder("utf-16be").decode(bytes)
      : bytes.toString("utf8");

const fileText = (file: string): string => {
  try {
    return decoded(fileBytes(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "this is a folder" : String((error as Error).message);
    throw new CommandEnd(exitCode.usage, `${file}: ${reason}; a CSV file with columns such as n, ms and arm is wanted, or - for a pipe`);
  }
};

/** The object of --json: `coefficients` are of t0 + a·x + b·x², `exponent` the local one at the largest x. */
export const fitAnswer = ({ groups, crossings }: FitResult) => ({
  groups: groups.map(({ name, class: growth, exponent, coefficients, measureUpTo, candidates, note, points }) => ({
    name,
    class: growth,
    ...(exponent ? { exponent } : {}),
    ...(coefficients ? { coefficients: { t0: coefficients.t0.value, a: coefficients.a.value, b: coefficients.b.value } } : {}),
    ...(coefficients ? { intervals: coefficients } : {}),
    ...(measureUpTo === undefined ? {} : { measureUpTo }),
    candidates,
    ...(note === undefined ? {} : { note }),
    points,
  })),
  crossovers: crossings.map(({ between, outcome, n, crossings: all, note, advantages }) => ({
    between,
    outcome,
    ...(n ? { n: n.value, low: n.low, high: n.high } : {}),
    ...(all.length > 1 ? { crossings: all } : {}),
    ...(advantages.length > 0 ? { advantages } : {}),
    ...(note === undefined ? {} : { note }),
  })),
});

/** Names may be put together of several columns. */
const longestName = 120;

const fitPage = ({ groups: fitted, crossings: found, table: { columns } }: FitResult): string => {
  const nameOf = shortLabels(longestName);
  const groups = fitted.map((group) => ({ ...group, name: nameOf(group.name) }));
  const crossings = found.map((crossing) => ({ ...crossing, between: [nameOf(crossing.between[0]), nameOf(crossing.between[1])] as const }));
  return [
    table([
      [columns.group.join(", ") || "curve", "class", "exponent at the largest", columns.x, `${columns.y} = t0 + a·${columns.x} + b·${columns.x}²`],
      ...groups.map(groupRow),
    ]),
    ...groups
      .filter(({ note }) => note !== undefined)
      .map(({ name, class: growth, note }) => `${name}: ${growth === "undecided" ? `its law is not decided: ${note}` : `${growth} ${note}`}.`),
    ...crossingLines(crossings, columns.x),
  ].join("\n");
};

/** So many pairs are read; of more, those that cross. */
const mostPairs = 20;

const crossingLines = (crossings: readonly CurveCrossing[], x: string): readonly string[] => {
  if (crossings.length <= mostPairs) return crossings.map((crossing) => crossingSentence(crossing, x));
  const some = crossings.filter(({ outcome }) => outcome === "crosses").slice(0, mostPairs);
  const tally = (["crosses", "already", "none", "many", "undecided"] as const).map(
    (outcome) => `${outcome} ${formatCount(crossings.filter((one) => one.outcome === outcome).length)}`,
  );
  return [...some.map((crossing) => crossingSentence(crossing, x)), `${formatCount(crossings.length)} pairs in all (${tally.join(", ")}): --json lists them.`];
};

const groupRow = ({ name, class: growth, candidates, exponent, coefficients, points }: CurveFit): readonly string[] => [
  name,
  growth === "undecided" && candidates.length > 1 ? formatChoice(candidates) : growth,
  exponent ? rangeText(exponent, (value) => value.toFixed(2)) : "–",
  `${sizeText(points[0]?.x)} to ${sizeText(points.at(-1)?.x)}, ${points.length} values`,
  coefficients ? [coefficients.t0, coefficients.a, coefficients.b].map(({ value }) => formatNumber(value)).join(", ") : "–",
];

/** Sizes are whole numbers, as a rule; a small one that is not keeps its digits. */
const sizeText = (x = 0): string => (Number.isInteger(x) || x >= 100 ? formatCount(x) : formatNumber(x));

const rangeText = ({ value, low, high }: Estimate, format: (value: number) => string): string => `${format(value)} [${format(low)}, ${format(high)}]`;

const crossingSentence = ({ between: [upper, lower], outcome, n, crossings, note, advantages }: CurveCrossing, x: string): string => {
  const because = note ? `: ${note}` : "";
  switch (outcome) {
    case "crosses": {
      const twice = advantages.map(({ ratio, n: at }) => `${ratio} times from ${sizeText(at.value)} on`).join(", ");
      return `From ${x} = ${n ? formatEstimate(n, sizeText) : "some value"} on, ${lower} is below ${upper}${twice ? ` (${twice})` : ""}.`;
    }
    case "already":
      return `${lower} is below ${upper} at every ${x} of both.`;
    case "none":
      return `${lower} is not below ${upper} at any ${x} of both.`;
    case "many":
      return `${lower} and ${upper} change places${because || `, near ${crossings.map(sizeText).join(", ")}`}.`;
    case "undecided":
      return `From which ${x} on ${lower} is below ${upper} is not decided${because}.`;
  }
};
