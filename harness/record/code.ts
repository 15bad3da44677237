import type { Environment } from "./run.ts";

type Code = Environment["attnbench"];

/** Were two runs made by the same code? Where nobody knows what a build held beyond its commit, as of runs of before, that sets nothing apart. */
export const sameCode = (one: Code, other: Code): boolean =>
  one.version === other.version && one.commit === other.commit && (one.changes === undefined || other.changes === undefined || one.changes === other.changes);

/** "attnbench 0.1.0, commit 4c1d2ab, with uncommitted changes (3fa9c1b2)" */
export const codeText = (code: Code): string => {
  const { version, commit, changes } = code;
  const digits = changes === undefined || changes === unchanged ? "" : ` (${changes.slice(0, shownDigits)})`;
  return `attnbench ${version}${commit === undefined ? "" : `, commit ${commit}`}${isChanged(code) ? `, with uncommitted changes${digits}` : ""}`;
};

/** Did the build hold more than its commit? What is changed beside the code, a text or an experiment, makes no other kernels. */
export const isChanged = ({ dirty, changes }: Code): boolean => dirty === true && changes !== unchanged;

/** Of `changes`: the code is that of the commit. */
const unchanged = "none";
const shownDigits = 8;
