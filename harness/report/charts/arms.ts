import type { Look } from "../../../kernels/mechanism.ts";
import type { RunRecord } from "../../record/run.ts";
import { perRecord } from "../perRecord.ts";

/** How one arm looks in every chart of a page. Arms of one mechanism share its hue; shade, dash and mark tell them apart. */
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

/** The arms of a record that have cells, in the experiment's order. The second and later arm of a mechanism are varied from its look. */
export const armLooks = perRecord((record: RunRecord): readonly ArmLook[] => {
  const seen = new Map<string, number>();
  const own = new Set(record.cells.map(({ look }) => look.mark));
  const spare = [...marks.filter((mark) => !own.has(mark)), ...marks];
  const labels = new Set([...record.experiment.arms.map((arm) => arm.label), ...record.cells.map((cell) => cell.label)]);
  return [...labels].flatMap((label): ArmLook[] => {
    const cell = record.cells.find((candidate) => candidate.label === label);
    if (cell === undefined) return [];
    const turn = seen.get(cell.mechanism) ?? 0;
    seen.set(cell.mechanism, turn + 1);
    const light = safe(cell.look.colour.light, "#6b7280");
    const dark = safe(cell.look.colour.dark, "#9ca3af");
    if (turn === 0) return [{ label, colour: { light, dark }, mark: cell.look.mark, dash: cell.look.dash }];
    const others = dashes.filter((dash) => String(dash) !== String(cell.look.dash));
    const share = Math.min(0.18 * turn + 0.1, 0.5);
    return [
      {
        label,
        // darker on white and lighter on black, so that contrast only grows
        colour: { light: mixed(light, "#000000", share), dark: mixed(dark, "#ffffff", share) },
        mark: spare[(turn - 1) % spare.length] ?? "circle",
        dash: others[(turn - 1) % others.length] ?? [],
      },
    ];
  });
});
