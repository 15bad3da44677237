import { type ClaimId, claimIds, claimPhases } from "../../experiment/claims.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { JudgedClaim, SeriesKey } from "../../record/derived.ts";
import type { CellRecord } from "../../record/run.ts";
import type { Analysed } from "../answer.ts";
import { groupBy } from "../grouping.ts";
import { describeKey, seriesOf } from "../series.ts";
import type { Claim } from "./claim.ts";
import { feedForwardClaims } from "./feedForwardClaims.ts";
import { inputClaims } from "./inputClaims.ts";
import { linearClaims } from "./linearClaims.ts";
import { memoryClaims } from "./memoryClaims.ts";
import { movedClaims } from "./movedClaims.ts";
import { softmaxClaims } from "./softmaxClaims.ts";
import { textClaims } from "./textClaims.ts";
import { wholeClaims } from "./wholeClaims.ts";

const byId = new Map<ClaimId, Claim>(
  [...textClaims, ...inputClaims, ...softmaxClaims, ...feedForwardClaims, ...wholeClaims, ...memoryClaims, ...movedClaims, ...linearClaims].map((claim) => [
    claim.id,
    claim,
  ]),
);

/** All claims, in their order. */
export const claims: readonly Claim[] = claimIds.flatMap((id) => byId.get(id) ?? []);

/** What a run says of the claims that its experiment asks about: of those alone that its phase speaks of, and that it has numbers for. In the language of `t`. */
export const claimsOf = (record: Analysed, t: Messages = en): readonly JudgedClaim[] => {
  const { left, shape, others } = ofOneModel(record);
  return (record.experiment.claims ?? [])
    .filter((id) => claimPhases[id] === record.experiment.phase)
    .flatMap((id) => {
      const judgement = byId.get(id)?.judge(left, t);
      if (!judgement) return [];
      return [{ id, ...judgement, measured: others === 0 ? judgement.measured : t.joinSentences([judgement.measured, t.claims.found.ofShape(shape, others)]) }];
    });
};

/** Claims about whole models are judged by one model: of a run that sweeps sizes the first, whose sentences say so. */
const ofOneModel = (record: Analysed): { readonly left: Analysed; readonly shape: string; readonly others: number } => {
  const keys = record.experiment.phase === "tokenLoop" ? seriesOf(record.cells).map(({ key }) => key) : [];
  const [first, ...rest] = [...groupBy(keys, shapeOf).values()].flatMap(([key]) => (key ? [key] : []));
  if (!first || rest.length === 0) return { left: record, shape: "", others: 0 };
  const isFirst = (cell: CellRecord): boolean => seriesOf([{ ...cell, outcome: { status: "ok" } }]).some(({ key }) => shapeOf(key) === shapeOf(first));
  return { left: { ...record, cells: record.cells.filter(isFirst) }, shape: describeKey(first, [first, ...rest]), others: rest.length };
};

/** Heads that share keys and values, and other parameters, are arms and no other model. */
const shapeOf = ({ dModel, heads, headDim, batch }: SeriesKey): string => JSON.stringify([dModel, heads, headDim, batch]);
