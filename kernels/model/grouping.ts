import { allocation, counters } from "../allocation.ts";
import type { PlanBuffer, Step } from "../mechanism.ts";
import { stepOf } from "../step.ts";
import group from "./group.wgsl";
import { type Making, teamOf } from "./making.ts";

/**
 * Rows that choose the same expert brought together, so that they go through its matrices as the rows of a prompt go through any: each weight is loaded once for several of them (the grouped products of MegaBlocks,
 * Gale et al. 2022, arXiv 2211.15841). Worth its dispatches where an expert is chosen by several rows.
 */

/** Sizes of a mixture of experts. */
export interface Experts {
  readonly width: number;
  readonly hidden: number;
  readonly count: number;
  readonly active: number;
}

export interface Grouping {
  /** at most: of every expert the last group may be part empty */
  readonly groups: number;
  /** of one group, the same on every device */
  readonly rows: number;
}

/** Rows to an expert on average from which on they are grouped. */
const fewestRows = 2;

/** As many as the smallest tile that a GPU has for a prompt. */
const mostRows = 16;

/** Two numbers of each in 16 KiB of workgroup memory. */
const mostExperts = 2048;

/** Of `rows` tokens. Undefined where they are too few, as those of a decode step are, or experts too many. */
export const groupingOf = (rows: number, { count, active }: Pick<Experts, "count" | "active">): Grouping | undefined => {
  const places = rows * active;
  const each = Math.min(mostRows, 2 ** Math.floor(Math.log2(places / count)));
  return each < fewestRows || count > mostExperts ? undefined : { groups: Math.floor(places / each) + Math.min(count, places), rows: each };
};

/** Who is in which group, and what the chosen experts make of each row; none where rows go one by one. */
export const groupingBuffers = (rows: number, experts: Experts): readonly PlanBuffer[] => {
  const grouping = groupingOf(rows, experts);
  return grouping
    ? [
        counters("groups", { group: grouping.groups, place: 1 + grouping.rows }),
        allocation("made", "scratch", "poison", { row: rows, slot: experts.active, channel: experts.width }),
      ]
    : [];
};

/** `chosen` to `groups`. */
export const groupStep = (making: Making, { rows }: Grouping, { count }: Pick<Experts, "count">): Step =>
  stepOf({
    label: "group",
    source: group,
    constants: { ROWS: rows, EXPERTS: count, THREADS: teamOf(making, 256) },
    bindings: ["chosen", "groups"],
    workgroups: [1, 1, 1],
  });
