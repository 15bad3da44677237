import { evaluateCondition, leavesOf } from "../experiment/expression/condition.ts";
import { type Expected, parseExpectation } from "../experiment/expression/expectation.ts";
import type { Comparator } from "../experiment/expression/tokens.ts";
import { spokenOf } from "../experiment/hybrids.ts";
import { sizeNames } from "../experiment/sizes.ts";
import type { Messages } from "../messages/messages.ts";
import type { Estimate, Finding } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { every, type Verdict } from "./every.ts";
import { formatNumber } from "./format.ts";
import { valuesOf } from "./quantity.ts";

/** What became of each line of `expect`. A line that intervals do not settle, or that nothing measured speaks of, is undecided. */
export const expectationsOf = (record: Analysed, t: Messages): readonly Finding[] => record.experiment.expect.map((text) => findingOf(record, text, t));

const findingOf = (record: Analysed, text: string, t: Messages): Finding => {
  const { axes } = record.experiment;
  const { value: expectation, flaw } = parseExpectation(text, { arms: spokenOf(record.experiment), sizes: [...new Set([...sizeNames, ...Object.keys(axes)])] });
  if (flaw) return { kind: "expectation", text: t.expectation.unreadable(text, flaw.message), verdict: "undecided" };
  const held = evaluateCondition(expectation, (leaf) => decide(record, leaf, t).verdict);
  const verdict = held === undefined ? "undecided" : held ? "pass" : "fail";
  const seen = [...new Set(leavesOf(expectation).map((leaf) => decide(record, leaf, t).seen))];
  return { kind: "expectation", text: t.expectation.told(text, verdict, seen), verdict };
};

interface Decision {
  readonly verdict: Verdict;
  /** what the results say, for the reader */
  readonly seen: string;
}

const decide = (record: Analysed, expected: Expected, t: Messages): Decision =>
  expected.kind === "growth" ? decideGrowth(record, expected, t) : decideComparison(record, expected, t);

const decideGrowth = (record: Analysed, { arm, metric, class: wanted, negated }: Extract<Expected, { kind: "growth" }>, t: Messages): Decision => {
  const fits = record.fits.filter((fit) => fit.label === arm && fit.metric === metric);
  const verdict = every(fits.map((fit) => (fit.class === "undecided" ? undefined : (fit.class === wanted) !== negated)));
  const classes = [...new Set(fits.map((fit) => fit.class))];
  return { verdict, seen: classes.length > 0 ? t.expectation.classes(`${arm}.${metric}`, classes) : t.expectation.notMeasured(`${arm}.${metric}`) };
};

const decideComparison = (record: Analysed, { left, operator, right }: Extract<Expected, { kind: "comparison" }>, t: Messages): Decision => {
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
  const seen = sides.flatMap((side) => (side ? [rangeText(side, t)] : []));
  return {
    verdict: every(compared.map(({ verdict }) => verdict)),
    seen: seen.length > 0 ? t.expectation.measured(seen) : t.expectation.unknown,
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

const rangeText = (range: Estimate, t: Messages): string => {
  const { value, low, high } = range;
  if (high === Number.POSITIVE_INFINITY) return t.expectation.moreThan(low - 1);
  if (low === 0 && value === high) return t.expectation.atMost(high);
  return low === high ? formatNumber(value) : t.expectation.within(range);
};
