import { elementBytes } from "../../../kernels/plan.ts";
import type { CellRecord } from "../../record/run.ts";
import { every } from "../every.ts";
import { formatBytes, formatCount, formatList, formatShare } from "../format.ts";
import { type Claim, judged } from "./claim.ts";
import { type ClaimCurve, curveName, isHybrid, keepsCache, keepsState, lawCurvesOf } from "./curve.ts";

/** Bytes of one token's keys and values in one layer, of one text. */
export const cachedBytes = ({ kvHeads, headDim, headDimV, kvDtype }: CellRecord): number => kvHeads * (headDim + headDimV) * elementBytes[kvDtype];

/** " with 8 texts at once", for bytes that are of all of them; empty of one. */
const ofTexts = ({ batch }: CellRecord): string => (batch === 1 ? "" : ` with ${formatCount(batch)} texts at once`);

const classOf = ({ bytes }: ClaimCurve) => (bytes === undefined || bytes.class === "undecided" ? undefined : bytes.class);

const would = "Three lengths or more of a curve would tell.";

export const memoryClaims: readonly Claim[] = [
  {
    id: "S13",
    judge: ({ environment, ...record }) => {
      const curves = lawCurvesOf({ environment, ...record }, keepsCache);
      const [curve] = curves;
      const last = curve?.cells.at(-1);
      if (!curve || !last) return undefined;
      const law = (one: ClaimCurve) =>
        classOf(one) && classOf(one) === "O(n)" && one.bytes?.coefficients?.a.value === (one.cells[0] ?? last).batch * cachedBytes(one.cells[0] ?? last);
      const largest = environment.limits.maxBufferSize;
      const [group] = curves.flatMap(({ cells: [cell] }) => (cell && cell.kvHeads < cell.heads ? [cell] : []));
      const share = last.peakBytes ? (last.stateBytes ?? 0) / last.peakBytes : undefined;
      return judged({
        held: every(curves.map(law)),
        measured: `Counted where it is allocated, ${curveName(curve)} keeps ${formatBytes(cachedBytes(last))} a token and layer, ${formatBytes(last.stateBytes ?? 0)} at n = ${formatCount(last.n)}${ofTexts(last)}${share === undefined ? "" : `, ${formatShare(share)} of all that it needs there`}; its bytes are ${classOf(curve) ?? "of no known law"}${largest ? `, and keys and values of one layer of a text fill two of this device's largest buffers, ${formatBytes(largest)} each, at ${formatCount((2 * largest) / cachedBytes(last))} tokens` : ""}.`,
        corrections: [
          group &&
            `Heads that share keys and values take less: ${formatCount(group.heads)} heads of queries to ${formatCount(group.kvHeads)} of keys and values keep one part in ${formatCount(group.heads / group.kvHeads)}.`,
        ],
        would,
        evidence: "memory",
      });
    },
  },
  {
    id: "S18",
    judge: (record) => {
      const curves = lawCurvesOf(record, keepsState);
      const [curve] = curves;
      const [shortest, longest] = [curve?.cells[0], curve?.cells.at(-1)];
      if (!curve || !shortest || !longest) return undefined;
      const hybrids = lawCurvesOf(record, isHybrid);
      const growing = hybrids.filter((hybrid) => classOf(hybrid) === "O(n)");
      const [hybrid] = growing;
      return judged({
        held: every(curves.map((one) => (classOf(one) === undefined ? undefined : classOf(one) === "O(1)"))),
        measured: `${curveName(curve)} keeps ${formatBytes(shortest.stateBytes ?? 0)} at n = ${formatCount(shortest.n)} and ${formatBytes(longest.stateBytes ?? 0)} at n = ${formatCount(longest.n)}${ofTexts(longest)}; bytes of ${formatList([...new Set(curves.map(({ label }) => label))])} are ${formatList([...new Set(curves.map((one) => classOf(one) ?? "of no known law"))])}.`,
        corrections: [
          hybrid &&
            `A model with some layers of softmax keeps their cache: ${curveName(hybrid)} has ${formatBytes(hybrid.cells.at(-1)?.stateBytes ?? 0)} a layer at n = ${formatCount(hybrid.cells.at(-1)?.n ?? 0)}${ofTexts(hybrid.cells.at(-1) ?? longest)}, in proportion to n.`,
        ],
        would,
        evidence: "memory",
      });
    },
  },
];
