import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { newFolder } from "../testExperiment.ts";
import { makeCheckouts } from "./checkout.ts";
import { CommandEnd } from "./exit.ts";

/** A repository that uses attnbench: one commit with a kernel and another with a change of it. */
const repository = (): { readonly root: string; readonly git: (...args: string[]) => string } => {
  const root = newFolder();
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.example", ...args], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  git("init", "-q");
  mkdirSync(join(root, "kernels"));
  writeFileSync(join(root, "kernels", "mine.wgsl"), "first");
  writeFileSync(join(root, "old.txt"), "old");
  writeFileSync(join(root, ".gitignore"), "ignored\n");
  git("add", ".");
  git("commit", "-q", "-m", "first");
  writeFileSync(join(root, "kernels", "mine.wgsl"), "second");
  git("commit", "-q", "-a", "-m", "second");
  return { root, git };
};

const reasonOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof CommandEnd && error.code === 2) return error.message;
    throw error;
  }
  throw new Error("nothing was wrong");
};

describe("checkouts of a duet", () => {
  it("are the commit, and the working tree with what is new, changed and deleted, but not what git ignores", () => {
    const { root, git } = repository();
    writeFileSync(join(root, "kernels", "mine.wgsl"), "third");
    writeFileSync(join(root, "kernels", "new file.wgsl"), "new");
    writeFileSync(join(root, "ignored"), "secret");
    rmSync(join(root, "old.txt"));
    const { base, head, remove } = makeCheckouts("HEAD~1", join(root, "kernels"), () => {});
    const read = (folder: string, file: string): string | undefined => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : undefined);
    const files = ["kernels/mine.wgsl", "kernels/new file.wgsl", "old.txt", "ignored"];
    expect(files.map((file) => read(base.folder, file))).toEqual(["first", undefined, "old", undefined]);
    expect(files.map((file) => read(head.folder, file))).toEqual(["third", "new", undefined, undefined]);
    expect([base.commit, head.commit]).toEqual([git("rev-parse", "HEAD~1"), git("rev-parse", "HEAD")]);
    expect([base.dirty, head.dirty]).toEqual([false, true]);
    // It only uses attnbench, so the one that runs measures it.
    expect([base.worker, head.worker]).toEqual([undefined, undefined]);
    remove();
    remove();
    expect([base.folder, head.folder].map((folder) => existsSync(folder))).toEqual([false, false]);
    expect(git("worktree", "list").split("\n")).toHaveLength(1);
    // Nothing of the repository itself was touched.
    expect(readFileSync(join(root, "kernels", "mine.wgsl"), "utf8")).toBe("third");
    expect(git("status", "--porcelain")).toContain("D old.txt");
  });

  it("that a killed process left are removed by the next, and nobody else's", () => {
    const { root, git } = repository();
    const left = (pid: number): string => {
      const folder = join(tmpdir(), `attnbench-duet-${pid}--${basename(root).slice(-6)}`, "base");
      git("worktree", "add", "-q", "--detach", folder, "HEAD");
      return folder;
    };
    // No process has this number: it is beyond what Linux, macOS and Windows give.
    const [orphan, living] = [left(2 ** 30), left(process.ppid)];
    makeCheckouts("HEAD", root, () => {}).remove();
    expect([existsSync(orphan), existsSync(living)]).toEqual([false, true]);
    expect(git("worktree", "list").split("\n")).toHaveLength(2);
    rmSync(dirname(living), { recursive: true });
  });

  it("of a clean tree are clean", () => {
    const { root } = repository();
    const { head, remove } = makeCheckouts("HEAD", root, () => {});
    expect(head.dirty).toBe(false);
    remove();
  });

  it("leave nothing behind where one cannot be made, and say why", () => {
    const { root, git } = repository();
    expect(reasonOf(() => makeCheckouts("nosuch", root, () => {}))).toContain("nosuch is no commit of this repository");
    expect(reasonOf(() => makeCheckouts("--all", root, () => {}))).toContain("--all is no commit of this repository");
    expect(reasonOf(() => makeCheckouts("HEAD", newFolder(), () => {}))).toContain("duet needs a git repository around this folder");
    writeFileSync(join(root, "package.json"), '{ "name": "attnbench", "scripts": { "build": "exit 1" } }');
    mkdirSync(join(root, "node_modules"));
    git("add", "package.json");
    git("commit", "-q", "-m", "third");
    expect(reasonOf(() => makeCheckouts("HEAD", root, () => {}))).toContain("building base failed");
    expect(git("worktree", "list").split("\n")).toHaveLength(1);
  });

  it("follow staged deletions and renames, and files that became links", () => {
    const { root, git } = repository();
    writeFileSync(join(root, "gone.txt"), "a");
    writeFileSync(join(root, "named.txt"), "b");
    writeFileSync(join(root, "file.txt"), "c");
    git("add", ".");
    git("commit", "-q", "-m", "more");
    git("rm", "-q", "gone.txt");
    git("mv", "named.txt", "renamed.txt");
    rmSync(join(root, "file.txt"));
    symlinkSync("nowhere", join(root, "file.txt"));
    const { base, head, remove } = makeCheckouts("HEAD", root, () => {});
    const has = (folder: string) => ["gone.txt", "named.txt", "renamed.txt"].filter((file) => existsSync(join(folder, file)));
    expect([has(base.folder), has(head.folder)]).toEqual([["gone.txt", "named.txt"], ["renamed.txt"]]);
    expect(readlinkSync(join(head.folder, "file.txt"))).toBe("nowhere");
    remove();
  });

  it("leave the index of a commit that is being made, and worktrees of the user that are not there at the moment", () => {
    const { root, git } = repository();
    const away = join(newFolder(), "away");
    git("worktree", "add", "-q", "-b", "side", away, "HEAD");
    renameSync(away, `${away}.off`);
    const index = join(newFolder(), "index");
    vi.stubEnv("GIT_INDEX_FILE", index);
    vi.stubEnv("GIT_DIR", join(root, ".git"));
    try {
      makeCheckouts("HEAD", root, () => {}).remove();
    } finally {
      vi.unstubAllEnvs();
    }
    expect(existsSync(index)).toBe(false);
    renameSync(`${away}.off`, away);
    expect(execFileSync("git", ["status", "--porcelain"], { cwd: away, encoding: "utf8" })).toBe("");
  });

  it("say what is wrong with a package.json that is none", () => {
    const { root, git } = repository();
    writeFileSync(join(root, "package.json"), "null");
    git("add", "package.json");
    git("commit", "-q", "-m", "third");
    expect(reasonOf(() => makeCheckouts("HEAD", root, () => {}))).toBe("package.json of base is no JSON object");
  });

  it("take what is installed here where no lock file says what else they need", () => {
    const { root, git } = repository();
    writeFileSync(join(root, "package.json"), '{ "name": "kernels-of-mine", "dependencies": { "a-thing": "1" } }');
    mkdirSync(join(root, "node_modules", "a-thing"), { recursive: true });
    git("add", "package.json");
    git("commit", "-q", "-m", "third");
    const { base, head, remove } = makeCheckouts("HEAD", root, () => {});
    expect([base, head].map(({ folder, worker }) => [existsSync(join(folder, "node_modules", "a-thing")), worker])).toEqual(Array(2).fill([true, undefined]));
    remove();
    expect(existsSync(join(root, "node_modules", "a-thing"))).toBe(true);
  });
});
