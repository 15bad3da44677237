import { tierOf } from "../../kernels/offload.ts";
import type { Messages } from "../messages/messages.ts";
import type { RunRecord } from "../record/run.ts";

/** A sentence is to be read at a glance, whatever its arms are called. */
const longestName = 40;

const brief = (label: string): string => {
  const characters = Array.from(label);
  return characters.length > longestName ? `${characters.slice(0, longestName - 1).join("")}…` : label;
};

/**
 * An arm as a reader knows it who has not seen the experiment: "linear attention", and where its label says more than its mechanism, "softmax attention (KV cache)". A hybrid is of
 * both kinds and has its label alone, as has what is of neither.
 */
export const spokenArm = ({ cells, experiment }: Pick<RunRecord, "cells" | "experiment">, label: string, t: Messages): string => {
  const cell = cells.find((one) => one.label === label);
  const isHybrid = cell?.composedOf !== undefined || experiment.arms.some((arm) => arm.label === label && new Set(arm.pattern).size > 1);
  if (!cell || isHybrid || (cell.family !== "softmax" && cell.family !== "linear")) return brief(label);
  const kind = t.attention(cell.family);
  if (label === cell.family) return kind;
  // "softmax host" is the host's of softmax attention.
  const rest = label.startsWith(`${cell.family} `) ? label.slice(cell.family.length + 1) : label;
  return t.ofKind(kind, brief(rest));
};

/** An arm of phase offload by what comes back and where from: "softmax attention from disk", "linear attention from main memory"; one that keeps nothing as spokenArm() has it. */
export const movedArm = (record: Pick<RunRecord, "cells" | "experiment">, label: string, t: Messages): string => {
  const cell = record.cells.find((one) => one.label === label);
  const tier = cell && tierOf(cell.form);
  if (!cell || tier === undefined) return spokenArm(record, label, t);
  const base = label.endsWith(` ${tier}`) ? label.slice(0, -tier.length - 1) : undefined;
  const kind =
    base === cell.family && (base === "softmax" || base === "linear") ? t.attention(base) : base === undefined ? spokenArm(record, label, t) : brief(base);
  return t.fromTier(kind, tier);
};
