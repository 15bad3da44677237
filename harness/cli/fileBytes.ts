import { readFileSync, statSync } from "node:fs";

/** A file's bytes, or those of a pipe that someone writes to. Throws the file system's error, and one in words for a device, which may have no end. */
export const fileBytes = (file: string): Buffer => {
  const kind = statSync(file);
  if (kind.isCharacterDevice() || kind.isBlockDevice()) throw new Error("a device, which may have no end; a file is wanted");
  return readFileSync(file);
};
