/** True, false, or not to be told. */
export type Verdict = boolean | undefined;

/** True if all are, false if one is not; nothing to ask is undecided. */
export const every = (verdicts: readonly Verdict[]): Verdict => {
  if (verdicts.length === 0) return undefined;
  return verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;
};
