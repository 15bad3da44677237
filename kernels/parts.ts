import { counters } from "./allocation.ts";
import { unfolding } from "./foldedGrid.ts";
import type { Plan, PlanBuffer, Step, Tiles } from "./mechanism.ts";
import source from "./parts.wgsl";
import { stepOf } from "./step.ts";
import { tileSize } from "./tiles.ts";

/** Buffer of how many parts of a step are done, and what it takes. */
const counter = "partsBefore";
const counterBytes = 4;

/** Does a variant count parts? Of `partFlops` operations (partedPlan), or of `partChunks` turns of a loop. */
const countsParts = ({ partFlops, partChunks }: Tiles): boolean => partFlops !== undefined || partChunks !== undefined;

/** What a plan of this variant allocates to count parts by, one for all of its steps. */
export const partBuffers = (tiles: Tiles): readonly PlanBuffer[] => (countsParts(tiles) ? [counters(counter, { slot: 1 })] : []);

/** Bytes of those, of scratch. */
export const partBytes = (tiles: Tiles): number => (countsParts(tiles) ? counterBytes : 0);

const counting = (label: string, first: boolean): Step => stepOf({ label, source, constants: { FIRST: first }, bindings: [counter], workgroups: [1, 1, 1] });
const firstPart = counting("first part", true);
const nextPart = counting("next part", false);

/**
 * A step `parts` times over, each time after a step that counts those before it: so all parts are one module, and no pipeline is made for each. The step's last binding is that count (u32), which
 * tells it where it goes on.
 */
export const repeated = (step: Step, parts: number): readonly Step[] => {
  const counted = { ...step, bindings: [...step.bindings, counter] };
  return Array.from({ length: parts }, (_, part) => [part === 0 ? firstPart : nextPart, counted]).flat();
};

/** Where submits end of steps among which some are `repeated`: each part is one, with the step that counts it, and so is what lies between. Nothing where none is. */
export const submitsOf = (steps: readonly Step[]): Pick<Plan, "submits"> => {
  const ends = new Set<number>();
  for (const [at, step] of steps.entries()) {
    if (step !== firstPart && step !== nextPart) continue;
    if (at > 0) ends.add(at);
    ends.add(at + 2);
  }
  return ends.size > 0 ? { submits: [...ends.add(steps.length)].sort((a, b) => a - b) } : {};
};

/**
 * A plan whose submits have no more operations than its variant says (`partFlops`, watchdog.ts); as it is where it says nothing. A step that has more is dispatched as several parts of its workgroups, as even as
 * can be, and each finds its place of the step's own grid by counting from those before; steps that follow one another are parted from where they would be too much together. `most`: workgroups of a
 * dispatch along a dimension. Throws where an entry point numbers its invocations over more than one dimension of a workgroup.
 */
export const partedPlan = (plan: Plan, tiles: Tiles, most: number): Plan => {
  if (tiles.partFlops === undefined) return plan;
  const partFlops = tileSize(tiles, "partFlops");
  const met = new Map<Step, readonly Part[]>();
  const partsOf = (step: Step): readonly Part[] => {
    const known = met.get(step) ?? dispatchesOf(step, partFlops, most);
    met.set(step, known);
    return known;
  };
  const given = new Set(plan.submits);
  const steps: Step[] = [];
  const submits: number[] = [];
  let flops = 0;
  const end = (): void => {
    if (steps.length > (submits.at(-1) ?? 0)) submits.push(steps.length);
    flops = 0;
  };
  for (const [at, step] of plan.steps.entries()) {
    for (const part of partsOf(step)) {
      if (flops + part.flops > partFlops) end();
      steps.push(...part.steps);
      flops += part.flops;
    }
    if (given.has(at + 1)) end();
  }
  end();
  return { ...plan, steps, ...(submits.length > 1 ? { submits } : {}) };
};

interface Part {
  readonly steps: readonly Step[];
  readonly flops: number;
}

/** A step's parts; itself where it is one. Each is a dispatch of exactly as many workgroups as its grid has, since that is what the next one counts from. */
const dispatchesOf = (step: Step, partFlops: number, most: number): readonly Part[] => {
  const { workgroups, groupFlops = 0 } = step;
  const all = workgroups[0] * workgroups[1] * workgroups[2];
  const atOnce = Math.max(1, Math.floor(partFlops / groupFlops));
  if (all <= atOnce) return [{ steps: [step], flops: all * groupFlops }];
  const groups = Math.ceil(all / Math.ceil(all / Math.min(atOnce, most * most)));
  const rows = Math.ceil(groups / most);
  const row = Math.ceil(groups / rows);
  const steps = repeated({ ...step, wgsl: partOf(step), workgroups: [row, rows, 1] }, Math.ceil(all / (row * rows)));
  return Array.from({ length: steps.length / 2 }, (_, part) => ({ steps: steps.slice(2 * part, 2 * part + 2), flops: row * rows * groupFlops }));
};

/** A step's module as that of its parts: which of the grid's workgroups a dispatch has, it counts from. */
const partOf = (step: Step): string =>
  [
    `@group(0) @binding(${step.bindings.length}) var<storage, read> ${counter}: array<u32>; // parts of the grid before this one`,
    unfolding(step, `${counter}[0] * foldedGrid.x * foldedGrid.y`),
  ].join("\n");
