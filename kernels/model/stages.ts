import type { FeedForward, Shape, Step, TextShape } from "../mechanism.ts";
import { stepOf } from "../step.ts";
import { storing } from "../storage.ts";
import combine from "./combine.wgsl";
import embed from "./embed.wgsl";
import experts from "./experts.wgsl";
import gateSource from "./gate.wgsl";
import { type Experts, groupingOf, groupStep } from "./grouping.ts";
import { type Making, staged, teamOf } from "./making.ts";
import norm from "./norm.wgsl";
import { projectStep } from "./projection.ts";
import rotate from "./rotate.wgsl";
import route from "./route.wgsl";
import type { Routing } from "./router.ts";
import { changed, unwritten } from "./routes.ts";
import sample from "./sample.wgsl";
import share from "./share.wgsl";
import type { StageName } from "./stageNames.ts";
import weigh from "./weigh.wgsl";

const threads = 64;

/** Workgroups of one a row, over two dimensions where there are many rows. */
const rowGrid = (rows: number, most: number): Step["workgroups"] => {
  const x = Math.min(rows, most);
  return [x, Math.ceil(rows / x), 1];
};

/** Rows `tokens` of `table` into `to`: [row, width]. */
export const embedStep = ({ dtype, rows }: Making, stage: StageName, width: number, [tokens, table, to]: readonly [string, string, string]): Step =>
  staged(
    stage,
    stepOf({
      label: `embed ${to}`,
      ...storing(embed, { Stored: dtype }),
      constants: { WIDTH_QUADS: width / 4, THREADS: threads },
      bindings: [tokens, table, to],
      workgroups: [Math.ceil(width / 4 / threads), rows, 1],
    }),
  );

/** Each of `count` rows of `width` channels to a root mean square of 1, times weights; without a weight, to length 1. */
export const normStep = (
  { dtype, software, lanes, most }: Making,
  stage: StageName,
  count: number,
  width: number,
  from: string,
  to: string,
  weight?: string,
): Step => {
  const bySubgroup = software && lanes > 0;
  const team = Math.min(threads, 2 ** Math.ceil(Math.log2(Math.max(1, width / 4))));
  return staged(
    stage,
    stepOf({
      label: `norm ${to}`,
      ...storing(norm, { Stored: dtype }),
      subgroups: bySubgroup,
      constants: { WIDTH_QUADS: width / 4, THREADS: bySubgroup ? lanes : team, UNIT: weight === undefined, SUBGROUP: bySubgroup },
      bindings: weight === undefined ? [from, to] : [from, to, weight],
      workgroups: rowGrid(count, most),
    }),
  );
};

/** Queries and keys alike. `counted`: a token's place is in `position`, and the table has every place; else each row has its own turns. */
export const rotateStep = (
  { rows }: Making,
  queriesAndKeys: readonly [queries: string, keys: string],
  { heads, kvHeads, headDim }: Pick<Shape, "heads" | "kvHeads" | "headDim">,
  counted: boolean,
): Step =>
  staged(
    "rotate",
    stepOf({
      label: `rotate ${queriesAndKeys.join(", ")}`,
      source: rotate,
      constants: { HEADS: heads, KV_HEADS: kvHeads, HEAD_DIM: headDim, THREADS: threads, COUNTED: counted },
      bindings: [...queriesAndKeys, "turns", ...(counted ? ["position"] : [])],
      workgroups: [Math.ceil(((heads + kvHeads) * headDim) / 2 / threads), rows, 1],
    }),
  );

/** Rows of `name` times those of `gate`, in place. */
export const gateStep = ({ rows }: Making, name: string, gate: string, channels: number): Step =>
  staged(
    "output",
    stepOf({
      label: `gate ${name}`,
      source: gateSource,
      constants: { CHANNELS: channels, THREADS: threads },
      bindings: [name, gate],
      workgroups: [Math.ceil(channels / threads), rows, 1],
    }),
  );

/** What a mixture of experts reads, adds onto and is made of. */
interface Fed {
  readonly from: string;
  readonly to: string;
  readonly weights: (name: string) => string;
}

/** Router scores to the chosen experts and their shares, then through these and back onto `to`; and through the one that every token goes through, where there is one. */
export const expertSteps = (making: Making, sizes: Experts, fed: Fed, mixture: SharedExpert & Routing, log?: RoutesLog): readonly Step[] => [
  ...chosenSteps(making, sizes, fed, mixture, log),
  ...sharedSteps(making, sizes.width, fed, mixture),
];

/** Where a written text's choices are kept (routes.ts). */
export interface RoutesLog {
  readonly to: string;
  /** of the newest token alone, at its position; else of all places up to it */
  readonly counted: boolean;
}

type SharedExpert = Pick<Extract<FeedForward, { readonly kind: "experts" }>, "shared" | "sharedGate">;

const sharedSteps = (making: Making, width: number, { from, to, weights }: Fed, { shared = 0, sharedGate }: SharedExpert): readonly Step[] => {
  if (shared === 0) return [];
  const into = { from, inputs: width };
  return [
    projectStep(making, "feedForward", { ...into, to: "sharedHidden", weight: weights("sharedUp"), gate: weights("sharedGate"), outputs: shared }),
    ...(sharedGate
      ? [
          projectStep(making, "feedForward", { ...into, to: "sharedShares", weight: weights("sharedShare"), outputs: 1, finish: "sigmoid" }),
          staged(
            "feedForward",
            stepOf({
              label: "share",
              source: share,
              constants: { CHANNELS: shared, THREADS: threads },
              bindings: ["sharedHidden", "sharedShares"],
              workgroups: [Math.ceil(shared / threads), making.rows, 1],
            }),
          ),
        ]
      : []),
    projectStep(making, "feedForward", { from: "sharedHidden", to, weight: weights("sharedDown"), inputs: shared, outputs: width, adds: true }),
  ];
};

const chosenSteps = (making: Making, sizes: Experts, { from, to, weights }: Fed, { router, routedScale = 1 }: Routing, log?: RoutesLog): readonly Step[] => {
  const { dtype, rows } = making;
  const { width, hidden, count, active } = sizes;
  const inFeedForward = (step: Step): Step => staged("feedForward", step);
  const grouping = groupingOf(rows, sizes);
  const routed = [
    projectStep(making, "route", { from, to: "routerScores", weight: weights("router"), inputs: width, outputs: count }),
    staged(
      "route",
      stepOf({
        label: "route",
        source: route,
        constants: {
          EXPERTS: count,
          ACTIVE: active,
          THREADS: teamOf(making, threads),
          SIGMOID: router === "sigmoid",
          SCALE: routedScale,
          LOGGED: log !== undefined,
          ...(log ? { COUNTED: log.counted, UNWRITTEN: unwritten, CHANGED: changed } : {}),
        },
        bindings: ["routerScores", "chosen", "shares", ...(log ? [log.to, "position"] : [])],
        workgroups: [rows, 1, 1],
      }),
    ),
  ];
  if (grouping) {
    const through = (sharing: number) => ({ grouped: { ...grouping, sharing } });
    return [
      ...routed,
      staged("route", groupStep(making, grouping, sizes)),
      projectStep(making, "feedForward", {
        from,
        to: "hidden",
        weight: weights("up"),
        gate: weights("gate"),
        inputs: width,
        outputs: hidden,
        ...through(active),
      }),
      projectStep(making, "feedForward", { from: "hidden", to: "made", weight: weights("down"), inputs: hidden, outputs: width, ...through(1) }),
      inFeedForward(
        stepOf({
          label: "weigh",
          source: weigh,
          constants: { WIDTH: width, ACTIVE: active, THREADS: threads },
          bindings: ["made", "shares", to],
          workgroups: [Math.ceil(width / threads), rows, 1],
        }),
      ),
    ];
  }
  return [
    ...routed,
    inFeedForward(
      stepOf({
        label: "experts",
        ...storing(experts, { Stored: dtype }),
        constants: { IN_QUADS: width / 4, OUT: hidden, ACTIVE: active, THREADS: threads },
        bindings: [from, weights("up"), weights("gate"), "chosen", "hidden"],
        workgroups: [Math.ceil(hidden / threads), active, rows],
      }),
    ),
    inFeedForward(
      stepOf({
        label: "combine",
        ...storing(combine, { Stored: dtype }),
        constants: { IN_QUADS: hidden / 4, OUT: width, ACTIVE: active, THREADS: threads },
        bindings: ["hidden", weights("down"), "chosen", "shares", to],
        workgroups: [Math.ceil(width / threads), rows, 1],
      }),
    ),
  ];
};

/** The next token of each of `rows`. `temperature` 0: the largest score. */
export const sampleStep = (making: Making, rows: number, vocab: number, { temperature, seed }: Pick<TextShape, "temperature" | "seed">): Step =>
  staged(
    "sample",
    stepOf({
      label: "sample",
      source: sample,
      constants: {
        VOCAB: vocab,
        THREADS: teamOf(making, 256),
        TEMPERED: temperature > 0,
        ...(temperature > 0 ? { INVERSE_TEMPERATURE: 1 / temperature, SEED: seed } : {}),
      },
      bindings: temperature > 0 ? ["scores", "next", "position"] : ["scores", "next"],
      workgroups: [rows, 1, 1],
    }),
  );
