import { evaluateCondition, leavesOf } from "../experiment/expression/condition.ts";
import { type Expected, parseExpectation } from "../experiment/expression/expectation.ts";
import type { Comparator } from "../experiment/expression/tokens.ts";
import { spokenOf } from "../experiment/hybrids.ts";
import { sizeNames } from "../experiment/sizes.ts";
import type { Estimate, Finding } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { every, type Verdict } from "./every.ts";
import { formatList, formatNumber } from "./format.ts";
import { valuesOf } from "./quantity.ts";

const words = { pass: "holds", fail: "does not hold", undecided: "is not decided" } as const;

/** What became of each line of `expect`. A line that intervals do not settle, or that nothing measured speaks of, is undecided. */
export const expectationsOf = (record: Analysed): readonly Finding[] => record.experiment.expect.map((text) => findingOf(record, text));

const findingOf = (record: Analysed, text: string): Finding => {
  const { axes } = record.experiment;
  const { value: expectation, flaw } = parseExpectation(text, { arms: spokenOf(record.experiment), sizes: [...new Set([...sizeNames, ...Object.keys(axes)])] });
  if (flaw) return { kind: "expectation", text: `The expectation "${text}" cannot be read: ${flaw.message}.`, verdict: "undecided" };
  const held = evaluateCondition(expectation, (leaf) => decide(record, leaf).verdict);
  const verdict = held === undefined ? "undecided" : held ? "pass" : "fail";
  const seen = [...new Set(leavesOf(expectation).map((leaf) => decide(record, leaf).seen))];
  return { kind: "expectation", text: `The expectation "${text}" ${words[verdict]}: ${seen.join("; ")}.`, verdict };
};

interface Decision {
  readonly verdict: Verdict;
  /** what the results say, for the reader */
  readonly seen: string;
}

const decide = (record: Analysed, expected: Expected): Decision =>
  expected.kind === "growth" ? decideGrowth(record, expected) : decideComparison(record, expected);

const decideGrowth = (record: Analysed, { arm, metric, class: wanted, negated }: Extract<Expected, { kind: "growth" }>): Decision => {
  const fits = record.fits.filter((fit) => fit.label === arm && fit.metric === metric);
  const verdict = every(fits.map((fit) => (fit.class === "undecided" ? undefined : (fit.class === wanted) !== negated)));
  const classes = [...new Set(fits.map((fit) => fit.class))];
  return { verdict, seen: classes.length > 0 ? `${arm}.${metric} is ${formatList(classes)}` : `${arm}.${metric} was not measured` };
};

const decideComparison = (record: Analysed, { left, operator, right }: Extract<Expected, { kind: "comparison" }>): Decision => {
  const others = valuesOf(record, right);
  const pairs = valuesOf(record, left).flatMap((one) =>
    others
      .filter((other) => left.kind === "number" || right.kind === "number" || other.place === one.place)
      .map((other) => ({ one: one.range, other: other.range })),
  );
  const compared = pairs.map(({ one, other }) => ({ one, other, verdict: one && other && compare(one, operator, other) }));
  // The case that decides is the one to show: a failure, else what is open, else the first.
  const shown = compared.find(({ verdict }) => verdict === false) ?? compared.find(({ verdict }) => verdict === undefined) ?? compared[0];
  const sides = [left.kind === "number" ? undefined : shown?.one, right.kind === "number" ? undefined : shown?.other];
  const seen = sides.flatMap((side) => (side ? [rangeText(side)] : []));
  return {
    verdict: every(compared.map(({ verdict }) => verdict)),
    seen: seen.length > 0 ? `measured ${seen.join(" and ")}` : "it was not measured or not decided",
  };
};

const compare = (one: Estimate, operator: Comparator, other: Estimate): Verdict => {
  switch (operator) {
    case "<":
      return one.high < other.low ? true : one.low >= other.high ? false : undefined;
    case "<=":
      return one.high <= other.low ? true : one.low > other.high ? false : undefined;
    case ">":
      return compare(other, "<", one);
    case ">=":
      return compare(other, "<=", one);
    case "=":
      if (one.high < other.low || one.low > other.high) return false;
      return one.low === one.high && other.low === other.high ? true : undefined;
    case "!=": {
      const equal = compare(one, "=", other);
      return equal === undefined ? undefined : !equal;
    }
  }
};

const rangeText = ({ value, low, high }: Estimate): string => {
  if (high === Number.POSITIVE_INFINITY) return `more than ${formatNumber(low - 1)}`;
  if (low === 0 && value === high) return `at most ${formatNumber(high)}`;
  return low === high ? formatNumber(value) : `${formatNumber(value)} (${formatNumber(low)} to ${formatNumber(high)})`;
};
