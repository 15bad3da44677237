import type { Look } from "../../../kernels/mechanism.ts";
import { hybridLook } from "../../experiment/hybrids.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { perRecord } from "../perRecord.ts";

/** How one arm looks in every chart of a page. Arms of one mechanism share its hue, and so do hybrids of the same mechanisms in the same proportion; shade, dash and mark tell them apart. */
export interface ArmLook extends Look {
  readonly label: string;
}

const marks: readonly Look["mark"][] = ["circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "triangle-right", "triangle-left"];
const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [10, 3, 2, 3]];
const hexColour = /^#[0-9a-f]{6}$/i;

/** `colour` moved by `share` (0..1) towards `target`, both #rrggbb. */
const mixed = (colour: string, target: string, share: number): string => {
  const channel = (text: string, at: number): number => Number.parseInt(text.slice(1 + 2 * at, 3 + 2 * at), 16);
  const parts = [0, 1, 2].map((at) => Math.round(channel(colour, at) * (1 - share) + channel(target, at) * share));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
};

// A record is read from disk: what is no colour becomes grey before it gets anywhere near a style sheet.
const safe = (colour: string, otherwise: string): string => (hexColour.test(colour) ? colour.toLowerCase() : otherwise);

const divisor = (one: number, other: number): number => (other === 0 ? one : divisor(other, one % other));

/** Layers of each mechanism of an arm, in their smallest numbers and by name: of a run hybrid by its pattern, of a composed one by the cells that it is put together from. One mechanism: no hybrid. */
const mixersOf = ({ experiment, cells }: RunRecord, cell: CellRecord): readonly (readonly [mechanism: string, layers: number])[] => {
  const pattern = experiment.arms.find(({ label }) => label === cell.label)?.pattern ?? [];
  const parts = Object.entries(cell.composedOf ?? {}).map(([id, layers]) => [cells.find((part) => part.id === id)?.mechanism ?? id, layers] as const);
  const counted = new Map<string, number>();
  for (const [name, layers] of [...pattern.map((name) => [name, 1] as const), ...parts]) counted.set(name, (counted.get(name) ?? 0) + layers);
  const shared = [...counted.values()].reduce(divisor, 0) || 1;
  return [...counted].map(([name, layers]) => [name, layers / shared] as const).sort(([one], [other]) => (one < other ? -1 : 1));
};

/** Shades of hybrids: which of them is a matter of the mixers and their numbers alone, so that it is the same on every page. */
const hybridShades = [0, 0.14, 0.28, 0.42] as const;

/** Numbers that differ where words do, mostly (FNV-1a). */
const hashed = (text: string): number => [...text].reduce((hash, character) => Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619) >>> 0, 2166136261);

/** What an arm's look is of, and that look before arms that share it are told apart. Composed hybrids are dashed, those that were run solid. */
const originOf = (record: RunRecord, cell: CellRecord): { readonly key: string; readonly look: Look } => {
  const mixers = mixersOf(record, cell);
  const { look } = cell;
  const plain = { ...look, colour: { light: safe(look.colour.light, "#6b7280"), dark: safe(look.colour.dark, "#9ca3af") } };
  if (mixers.length < 2) return { key: cell.mechanism, look: plain };
  const share = hybridShades[hashed(String(mixers)) % hybridShades.length] ?? 0;
  const { light, dark } = hybridLook.colour;
  const colour = { light: mixed(light, "#000000", share), dark: mixed(dark, "#ffffff", share) };
  const run = cell.composedOf === undefined;
  return { key: `${mixers}${run ? " run" : ""}`, look: { ...hybridLook, colour, dash: run ? [] : hybridLook.dash } };
};

/** The arms of a record that have cells, in the experiment's order. The second and later arm of a mechanism are varied from its look. */
export const armLooks = perRecord((record: RunRecord): readonly ArmLook[] => {
  const seen = new Map<string, number>();
  const labels = new Set([...record.experiment.arms.map((arm) => arm.label), ...record.cells.map((cell) => cell.label)]);
  const arms = [...labels].flatMap((label) => {
    const cell = record.cells.find((candidate) => candidate.label === label);
    return cell === undefined ? [] : [{ label, ...originOf(record, cell) }];
  });
  const own = new Set(arms.map(({ look }) => look.mark));
  const spare = [...marks.filter((mark) => !own.has(mark)), ...marks];
  return arms.map(({ label, key, look }): ArmLook => {
    const turn = seen.get(key) ?? 0;
    seen.set(key, turn + 1);
    const { light, dark } = look.colour;
    if (turn === 0) return { label, colour: { light, dark }, mark: look.mark, dash: look.dash };
    const others = dashes.filter((dash) => String(dash) !== String(look.dash));
    const share = Math.min(0.18 * turn + 0.1, 0.5);
    return {
      label,
      // darker on white and lighter on black, so that contrast only grows
      colour: { light: mixed(light, "#000000", share), dark: mixed(dark, "#ffffff", share) },
      mark: spare[(turn - 1) % spare.length] ?? "circle",
      dash: others[(turn - 1) % others.length] ?? [],
    };
  });
});
