/** How far off a wrong output was, in parts of the size of its row: as the reason of a cell says that failed verification (wrongOutput). Undefined where it says nothing of the kind, as of a NaN. */
export const wrongBy = (reason: string): number | undefined => {
  const [, error] = /: off by (\d+(?:\.\d+)?e[+-]\d+) of the row's size, /.exec(reason) ?? [];
  return error === undefined ? undefined : Number(error);
};
