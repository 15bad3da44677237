import { readFileSync } from "node:fs";

/** Bytes that a file of this process, and of those that it starts, may have at most (`ulimit -f`). Undefined where there is no such limit, or no Linux to tell. */
export const fileSizeLimit = (): number | undefined => {
  try {
    const [, soft] = /^Max file size\s+(\d+)\s/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
};
