import type { Look } from "../../kernels/mechanism.ts";
import type { PlacedEntry } from "./entries.ts";
import type { Arm, Experiment, Hybrid } from "./experiment.ts";
import { type Draft, nearest } from "./problem.ts";
import type { Composition } from "./schema.ts";

/** What stands for the mechanism and the form of a hybrid. */
export const composed = "composed";

/** Of models of unlike layers: no mechanism's own. */
export const hybridLook: Look = { colour: { light: "#7B4FB0", dark: "#B89AE8" }, mark: "diamond", dash: [8, 3, 2, 3] };

/** The hybrids of a checked file, and what is wrong with them: parts that are no arms, peers, and labels that are not unique. */
export const hybridsOf = (
  entries: readonly PlacedEntry<Composition>[],
  arms: readonly Arm[],
): { readonly hybrids: readonly Hybrid[]; readonly drafts: readonly Draft[] } => {
  const labels = arms.filter(({ runtime }) => runtime === undefined).map(({ label }) => label);
  const indexed = entries.map(({ entry, index }) => ({ index, hybrid: hybridOf(entry) }));
  const drafts = indexed.flatMap(({ index, hybrid }, i): readonly Draft[] => {
    const path = ["mechanisms", index];
    const taken = arms.some(({ label }) => label === hybrid.label) || indexed.slice(0, i).some((other) => other.hybrid.label === hybrid.label);
    return [
      ...Object.keys(hybrid.layers)
        .filter((part) => !labels.includes(part))
        .map(
          (part): Draft => ({
            path: [...path, "compose", part],
            on: "key",
            message: "no entry of this file that is measured has this label",
            given: part,
            accepted: labels.join(", ") || "an entry that is measured, e.g. softmax",
            suggestion: nearest(part, labels),
          }),
        ),
      ...(new Set(arms.filter(({ label }) => label in hybrid.layers).map(({ cache }) => cache)).size > 1
        ? [
            {
              path: [...path, "compose"],
              on: "value",
              message: "its layers are timed from unlike caches",
              accepted: "layers that are all hot, or all cold",
            } as const,
          ]
        : []),
      ...(taken ? [{ path, on: "value", message: "another entry has this label too", given: hybrid.label, accepted: "a label of its own" } as const] : []),
    ];
  });
  return { hybrids: indexed.map(({ hybrid }) => hybrid), drafts };
};

const hybridOf = ({ compose, label }: Composition): Hybrid => ({
  label:
    label ??
    Object.entries(compose)
      .map(([part, layers]) => `${layers} ${part}`)
      .join(" : "),
  layers: compose,
});

/** All that may be spoken of by label: arms, and hybrids as arms of a mechanism of their own. */
export const spokenOf = ({ arms, hybrids = [] }: Pick<Experiment, "arms" | "hybrids">): readonly Arm[] => [
  ...arms,
  ...hybrids.map(({ label }): Arm => ({ mechanism: composed, label, form: composed, overrides: {} })),
];
