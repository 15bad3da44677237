import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** What a build is made of. */
const code = ["harness", "kernels", "package.json", "package-lock.json"];
const digits = 16;

/**
 * The commit of a checkout, whether anything in it is changed, and what of its code is: "none", or 16 hex digits of names and bytes, the same wherever the same is changed. Undefined where
 * there is no checkout. A repository around a copy of ours is not ours.
 */
export function builtFrom(folder) {
  if (!existsSync(join(folder, ".git"))) return undefined;
  const git = (...args) => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 2 ** 28 });
  const names = (...args) =>
    git(...args, "-z", "--", ...code)
      .split("\0")
      .filter(Boolean);
  try {
    const changed = [...names("diff", "--name-only", "--no-renames", "--relative", "HEAD"), ...names("ls-files", "--others", "--exclude-standard")];
    return { commit: git("rev-parse", "HEAD").trim(), dirty: git("status", "--porcelain").trim() !== "", changes: hashOf(folder, changed) };
  } catch {
    return undefined;
  }
}

/** Of these files as they are now; one that is gone counts as gone. */
const hashOf = (folder, names) => {
  if (names.length === 0) return "none";
  const whole = createHash("sha256");
  for (const name of [...new Set(names)].sort()) {
    const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
    const bytes = found?.isSymbolicLink() ? readlinkSync(join(folder, name)) : found?.isFile() ? readFileSync(join(folder, name)) : "";
    // Each by its own digits, so that no bytes pass from one file to the next.
    whole.update(createHash("sha256").update(name).digest()).update(found ? createHash("sha256").update(bytes).digest() : "gone");
  }
  return whole.digest("hex").slice(0, digits);
};
