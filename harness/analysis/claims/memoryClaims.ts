import { type Preset, patternOfPreset, presets } from "../../../kernels/model/presets.ts";
import { elementBytes } from "../../../kernels/plan.ts";
import type { CellRecord } from "../../record/run.ts";
import type { Analysed } from "../answer.ts";
import { leastForLaw } from "../asked.ts";
import { every } from "../every.ts";
import { type Claim, judged } from "./claim.ts";
import { type ClaimCurve, curveName, isHybrid, keepsCache, keepsState, lawCurvesOf } from "./curve.ts";

/** Bytes of one token's keys and values in one layer, of one text. */
export const cachedBytes = ({ kvHeads, headDim, headDimV, kvDtype }: CellRecord): number => kvHeads * (headDim + headDimV) * elementBytes[kvDtype];

/** Bytes of one token's keys in one layer, or of its values where they are wider: each has a buffer of its own. */
const widerBytes = ({ kvHeads, headDim, headDimV, kvDtype }: CellRecord): number => kvHeads * Math.max(headDim, headDimV) * elementBytes[kvDtype];

const classOf = ({ bytes }: ClaimCurve) => (bytes === undefined || bytes.class === "undecided" ? undefined : bytes.class);

/** How many layers of the published model that the file names are softmax; undefined where it names none, or none with others. */
const publishedHybrid = ({ experiment }: Analysed): { readonly title: string; readonly softmax: number; readonly layers: number } | undefined => {
  const name = experiment.model?.preset ?? experiment.published;
  if (name === undefined) return undefined;
  const { title, model }: Preset = presets[name];
  const turn = patternOfPreset(name, model.layers);
  if (!turn) return undefined;
  const mixers = Array.from({ length: model.layers }, (_, layer) => turn[layer % turn.length]);
  return { title, layers: model.layers, softmax: mixers.filter((mixer) => mixer === "softmax").length };
};

export const memoryClaims: readonly Claim[] = [
  {
    id: "S13",
    judge: ({ environment, ...record }, t) => {
      const { S13: said, threeLengths } = t.claims.found;
      const curves = lawCurvesOf({ environment, ...record }, keepsCache);
      const [curve] = curves;
      const last = curve?.cells.at(-1);
      if (!curve || !last) return undefined;
      const law = (one: ClaimCurve) =>
        classOf(one) && classOf(one) === "O(n)" && one.bytes?.coefficients?.a.value === (one.cells[0] ?? last).batch * cachedBytes(one.cells[0] ?? last);
      // A driver may allow buffers that are larger than the device: what a kernel can bind of one is what counts.
      const { maxBufferSize, maxStorageBufferBindingSize } = environment.limits;
      const largest = maxBufferSize && Math.min(maxBufferSize, maxStorageBufferBindingSize ?? maxBufferSize);
      const [group] = curves.flatMap(({ cells: [cell] }) => (cell && cell.kvHeads < cell.heads ? [cell] : []));
      const share = last.peakBytes ? (last.stateBytes ?? 0) / last.peakBytes : undefined;
      return judged(t, {
        held: every(curves.map(law)),
        measured: said.measured({
          curve: curveName(curve, t),
          perTokenBytes: cachedBytes(last),
          bytes: last.stateBytes ?? 0,
          n: last.n,
          texts: last.batch,
          share,
          law: classOf(curve),
          buffer: largest ? { bytes: largest, tokens: Math.floor(largest / widerBytes(last)) } : undefined,
        }),
        corrections: [group && said.shared(group.heads, group.kvHeads)],
        would: threeLengths,
        evidence: "memory",
      });
    },
  },
  {
    id: "S18",
    judge: (record, t) => {
      const { S18: said, threeLengths } = t.claims.found;
      // Two lengths are alike or not, which is no law yet.
      const law = (one: ClaimCurve) => (one.cells.length < leastForLaw ? undefined : classOf(one));
      const curves = lawCurvesOf(record, keepsState);
      const [curve] = curves;
      const [shortest, longest] = [curve?.cells[0], curve?.cells.at(-1)];
      if (!curve || !shortest || !longest) return undefined;
      const hybrids = lawCurvesOf(record, isHybrid);
      const growing = hybrids.filter((hybrid) => classOf(hybrid) === "O(n)");
      const [hybrid] = growing;
      const grown = hybrid?.cells.at(-1);
      const published = hybrid ? undefined : publishedHybrid(record);
      return judged(t, {
        held: every(curves.map((one) => law(one) && law(one) === "O(1)")),
        measured: said.measured(
          curveName(curve, t),
          [shortest, longest].map(({ stateBytes = 0, n }) => ({ bytes: stateBytes, n })),
          longest.batch,
          [...new Set(curves.map(({ label }) => label))],
          [...new Set(curves.map(law))],
        ),
        corrections: [
          hybrid && grown ? said.hybrid(curveName(hybrid, t), grown.stateBytes ?? 0, grown.n, grown.batch) : published && said.published(published),
        ],
        numbers: published && { softmaxLayers: published.softmax, layers: published.layers },
        would: threeLengths,
        evidence: "memory",
      });
    },
  },
];
