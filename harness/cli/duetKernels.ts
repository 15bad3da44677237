import { realpathSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { definitionFiles } from "../../kernels/registry.ts";
import type { Note } from "../analysis/comparison/comparison.ts";
import type { SharedKernels } from "../messages/en.ts";
import type { DuetSide } from "../record/run.ts";
import type { Checkouts } from "./checkout.ts";
import { CommandEnd, exitCode } from "./exit.ts";

/** Which folders of mechanisms each side of a duet is measured with. */
export interface DuetKernels extends Readonly<Record<DuetSide, readonly string[]>> {
  /** where that is not simply each state's own: a sentence for each folder, since what is one version on both sides is compared with itself */
  readonly notes: readonly Note[];
}

/**
 * The `--kernels` of a duet. A folder that git has is that of each state, head's with what is not committed; base goes without it where it had none yet. One that lies outside the repository, or that git
 * has nothing of, is used as it lies, by both. Ends the command with 2 where git has a part of one: half of it would be compared, and half with itself.
 */
export const duetKernels = async (given: readonly string[], states: Pick<Checkouts, "root" | DuetSide>): Promise<DuetKernels> => {
  const each = await Promise.all(given.map((path) => placesOf(path, states)));
  return {
    base: each.flatMap(({ base }) => base ?? []),
    head: each.flatMap(({ head }) => head),
    notes: each.flatMap(({ note }) => note ?? []),
  };
};

interface Places {
  readonly base: string | undefined;
  readonly head: string;
  readonly note?: Note;
}

const placesOf = async (path: string, { root, base, head }: Pick<Checkouts, "root" | DuetSide>): Promise<Places> => {
  const here = resolve(path);
  const named = `--kernels ${basename(here)}`;
  // By its real place, as git tells its own: through a link both sides would be given one folder.
  const below = relative(root, realPath(here));
  const noteOf =
    (shared: SharedKernels): Note =>
    (t) =>
      t.comparison.sharedKernels(shared);
  const asItLies = (kind: "outside" | "untracked"): Places => ({ base: here, head: here, note: noteOf({ kind, named }) });
  if (/^\.\.(?:[/\\]|$)/.test(below) || isAbsolute(below)) return asItLies("outside");
  const own = { base: join(base.folder, below), head: join(head.folder, below) };
  const wanted = await definitionFiles(here);
  const had = { base: await definitionFiles(own.base), head: await definitionFiles(own.head) };
  const missing = wanted.filter((file) => !had.head.includes(file));
  if (wanted.length > 0 && missing.length === wanted.length) return asItLies("untracked");
  if (missing.length > 0)
    throw new CommandEnd(
      exitCode.usage,
      `${named}: git ignores ${missing.join(", ")}, but not ${had.head.join(", ")}: a duet takes each state's own mechanisms, or one version of all\n  let git have all of them, or none, or name two folders`,
    );
  // A link to an absolute path leads to the same place from both.
  const shared = had.head.filter((file) => had.base.includes(file) && realPath(join(own.base, file)) === realPath(join(own.head, file)));
  if (shared.length > 0) return { ...own, note: noteOf({ kind: "linked", named, files: shared.join(", ") }) };
  if (had.base.length === 0) return { head: own.head, base: undefined, note: noteOf({ kind: "newInHead", named }) };
  return own;
};

/** A folder that is not there is told where it is loaded. */
const realPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};
