import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ownPlace } from "../record/owner.ts";
import { newFolder } from "../testExperiment.ts";
import { emptyRepository, type TestRepository, worktreesOf } from "./testRepository.ts";
import { makeWorktrees, removeStaleWorktrees } from "./worktrees.ts";

/** No process has this number: it is beyond what Linux, macOS and Windows give. */
const ended = 2 ** 30;

const repository = (): TestRepository => {
  const made = emptyRepository();
  made.commit({ "a.txt": "a" });
  return made;
};

const here = createHash("sha256").update(ownPlace()).digest("hex").slice(0, 8);

/** What a duet that process `pid` made has left: a worktree that git knows. */
const left = ({ git }: TestRepository, pid: number, parent = newFolder(), name = "base", place = here): string => {
  const folder = join(parent, `attnbench-duet-${place}-${pid}--abcdef`, name);
  git("worktree", "add", "-q", "--detach", folder, "HEAD");
  return folder;
};

describe("worktrees of a duet that was killed", () => {
  it("are removed wherever they lie, and forgotten where they lay", () => {
    const one = repository();
    const [there, gone] = [left(one, ended), left(one, ended)];
    rmSync(dirname(gone), { recursive: true });
    expect(removeStaleWorktrees(one.root).toSorted()).toEqual([there, gone].toSorted());
    expect([existsSync(dirname(there)), worktreesOf(one)]).toEqual([false, [one.root]]);
    expect(removeStaleWorktrees(one.root)).toEqual([]);
  });

  it("are removed where git was cut short while it made them, and holds them locked", () => {
    const one = repository();
    const folder = left(one, ended);
    writeFileSync(join(one.root, ".git/worktrees/base/locked"), "initializing");
    rmSync(join(folder, ".git"));
    makeWorktrees(one.root).remove();
    expect(worktreesOf(one)).toEqual([one.root]);
    one.git("worktree", "add", "-q", "--detach", join(newFolder(), "base"), "HEAD");
  });
});

describe("worktrees of others", () => {
  it("are left as they are: of a duet that goes on, and of the user, whatever they are called and whether or not they are there", () => {
    const one = repository();
    const living = left(one, process.ppid);
    const users = [
      left(one, ended, newFolder(), "mine"),
      join(newFolder(), "attnbench-duet-notes", "base"),
      join(newFolder(), `attnbench-duet-${ended}`, "head"),
    ];
    for (const folder of users.slice(1)) one.git("worktree", "add", "-q", "--detach", folder, "HEAD");
    const all = worktreesOf(one);
    for (const away of [false, true]) {
      if (away) for (const folder of [living, ...users]) renameSync(folder, `${folder}.off`);
      expect(removeStaleWorktrees(one.root)).toEqual([]);
      makeWorktrees(one.root).remove();
      expect(worktreesOf(one)).toEqual(all);
    }
    for (const folder of [living, ...users]) {
      renameSync(`${folder}.off`, folder);
      expect(existsSync(join(folder, "a.txt"))).toBe(true);
    }
  });

  it("are left as they are where their process is one of another machine or container, until no duet would take so long", () => {
    const one = repository();
    const [elsewhere, old] = ["base", "head"].map((name) => left(one, ended, newFolder(), name, "0123abcd"));
    const daysAgo = new Date(Date.now() - 4 * 24 * 3600 * 1000);
    utimesSync(join(one.root, ".git/worktrees/head/gitdir"), daysAgo, daysAgo);
    expect(removeStaleWorktrees(one.root)).toEqual([old]);
    rmSync(dirname(elsewhere ?? ""), { recursive: true });
    expect(removeStaleWorktrees(one.root)).toEqual([]);
    expect(worktreesOf(one)).toEqual([one.root, elsewhere]);
  });

  it("are no matter where there is no repository", () => expect(removeStaleWorktrees(newFolder())).toEqual([]));
});

it("the folder of a duet is gone with its worktrees, made or not, and twice does no harm", () => {
  const one = repository();
  const { folders, remove } = makeWorktrees(one.root);
  one.git("worktree", "add", "-q", "--detach", folders.base, "HEAD");
  mkdirSync(folders.head);
  remove();
  remove();
  expect(worktreesOf(one)).toEqual([one.root]);
  expect(readdirSync(tmpdir())).not.toContain(basename(dirname(folders.base)));
});
