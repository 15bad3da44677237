import type { Mechanism } from "../../kernels/mechanism.ts";
import type { Experiment, PlannedCell } from "./experiment.ts";
import { leavesOf } from "./expression/condition.ts";
import { type At, type Expected, parseExpectation, type Quantity } from "./expression/expectation.ts";
import type { Fields } from "./expression/fields.ts";
import { cellField } from "./expression/predicate.ts";
import { composed, spokenOf } from "./hybrids.ts";
import type { Draft } from "./problem.ts";
import { areRivals, type Rival, rivalsText } from "./rivals.ts";

/** What is wrong with the lines of `expect`: their grammar, their names, pairs that no crossover is looked for in, and sizes that no cell has. */
export const expectationDrafts = (
  experiment: Experiment,
  cells: readonly PlannedCell[],
  mechanisms: ReadonlyMap<string, Mechanism>,
  fields: Fields,
): readonly Draft[] => {
  const sizes = [...fields].flatMap(([name, field]) => (field.kind === "number" ? [name] : []));
  return experiment.expect.flatMap((text, index): readonly Draft[] => {
    const { value, flaw } = parseExpectation(text, { arms: spokenOf(experiment), sizes });
    const path = ["expect", index];
    if (flaw !== undefined) return [{ ...flaw, path, on: "value", offset: flaw.at }];
    const fitted = leavesOf(value).flatMap((leaf) => growthOfPeer(leaf, experiment));
    if (fitted.length > 0) return fitted.map((draft) => ({ ...draft, path, on: "value", offset: 0 }));
    return leavesOf(value)
      .flatMap(quantitiesOf)
      .flatMap((quantity) => quantityDrafts(quantity, experiment, cells, mechanisms))
      .map((draft) => ({ ...draft, path, on: "value", offset: 0 }));
  });
};

/** A peer is there to be compared with: no law is fitted to its times. */
const growthOfPeer = (leaf: Expected, { arms }: Experiment): readonly Flawed[] => {
  const asked =
    leaf.kind === "growth" ? [leaf.arm] : quantitiesOf(leaf).flatMap((one) => (one.kind === "measure" && one.measure === "exponent" ? [one.arm] : []));
  return asked
    .filter((label) => arms.some((arm) => arm.label === label && arm.runtime !== undefined))
    .map((label) => ({ message: "no growth is fitted to a peer's times", given: label, accepted: `"${label}".medianMs, or ratio(ours, "${label}")` }));
};

/** What may be expected of a hybrid. */
const measuresOfHybrids: readonly string[] = ["medianMs", "tokensPerSecond", "stateBytes", "exponent"];

const quantitiesOf = (expected: Expected): readonly Quantity[] => (expected.kind === "growth" ? [] : [expected.left, expected.right]);

type Flawed = Pick<Draft, "message" | "given" | "accepted" | "suggestion">;

const quantityDrafts = (
  quantity: Quantity,
  experiment: Experiment,
  cells: readonly PlannedCell[],
  mechanisms: ReadonlyMap<string, Mechanism>,
): readonly Flawed[] => {
  if (quantity.kind === "number") return [];
  const labels = quantity.kind === "measure" ? [quantity.arm] : quantity.between;
  // A hybrid has the sizes that its parts have.
  const measured = labels.map((label) => Object.keys(experiment.hybrids?.find((hybrid) => hybrid.label === label)?.layers ?? {})[0] ?? label);
  const drafts = atDrafts(quantity.at, measured, cells);
  const arms = labels.map((label) => spokenOf(experiment).find((arm) => arm.label === label));
  const peers = arms.filter((arm) => arm?.runtime !== undefined);
  const given = quantity.kind === "measure" ? `${quantity.arm}.${quantity.measure}` : `${quantity.kind}(${quantity.between.join(", ")})`;
  const alike = new Set(arms.map((arm) => arm?.mechanism)).size === 1;
  if (peers.length > 0 && quantity.kind !== "measure" && !(quantity.kind === "ratio" && peers.length === 1 && quantity.metric === "time" && alike))
    return [{ message: "a peer is compared with ours of its mechanism, in time alone", given, accepted: `ratio(ours, "${peers[0]?.label}")` }];
  if (quantity.kind === "measure" && arms[0]?.mechanism === composed && !measuresOfHybrids.includes(quantity.measure))
    return [{ message: "a hybrid is composed, not measured", given, accepted: measuresOfHybrids.map((measure) => `"${quantity.arm}".${measure}`).join(", ") }];
  if (quantity.kind !== "crossover") return drafts;
  const { phase } = experiment;
  const [upper, lower] = arms.map((arm): Rival => {
    const { mechanism = "", form = "" } = arm ?? {};
    return { phase, mechanism, form, family: mechanism === composed ? "linear" : mechanisms.get(mechanism)?.family };
  });
  if (upper && lower && areRivals(upper, lower)) return drafts;
  const suggestion = upper && lower && areRivals(lower, upper) ? `crossover(${quantity.between.toReversed().join(", ")})` : undefined;
  return [...drafts, { message: "not a pair that can cross", given, accepted: rivalsText(phase), suggestion }];
};

// The first size that an arm never has; a second arm's complaint would say the same.
const atDrafts = (at: At, labels: readonly string[], cells: readonly PlannedCell[]): readonly Flawed[] => {
  for (const label of labels) {
    const own = cells.filter(({ cell }) => cell.label === label);
    for (const [name, value] of Object.entries(at)) {
      if (own.some(({ cell }) => cellField(cell, name) === value)) continue;
      const values = [...new Set(own.map(({ cell }) => cellField(cell, name)))].filter((known) => known !== undefined);
      return [{ message: `no cell of ${label} has this ${name}`, given: String(value), accepted: values.slice(0, 20).join(", ") || "a size that it has" }];
    }
  }
  return [];
};
