import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { newFolder } from "../testExperiment.ts";
import { type Checkouts, makeCheckouts } from "./checkout.ts";
import { CommandEnd } from "./exit.ts";
import { emptyRepository, type TestRepository } from "./testRepository.ts";

/** A repository that uses attnbench: one commit with a kernel and another with a change of it. */
const repository = (): TestRepository => {
  const made = emptyRepository();
  made.commit({ "kernels/mine.wgsl": "first", "old.txt": "old", ".gitignore": "ignored\n" });
  made.commit({ "kernels/mine.wgsl": "second" });
  return made;
};

const states = (ref: string, start: string, more: Partial<Parameters<typeof makeCheckouts>[0]> = {}): Promise<Checkouts> =>
  makeCheckouts({ ref, start, signal: new AbortController().signal, onStep: () => {}, onMade: () => {}, ...more });

const reasonOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof CommandEnd && error.code === 2) return error.message;
    throw error;
  }
  throw new Error("nothing was wrong");
};

describe("checkouts of a duet", () => {
  it("are the commit, and the working tree with what is new, changed and deleted, but not what git ignores", async () => {
    const { root, git } = repository();
    writeFileSync(join(root, "kernels", "mine.wgsl"), "third");
    writeFileSync(join(root, "kernels", "new file.wgsl"), "new");
    writeFileSync(join(root, "ignored"), "secret");
    rmSync(join(root, "old.txt"));
    const { base, head, remove } = await states("HEAD~1", join(root, "kernels"));
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

  it("of a clean tree are clean, also where only results lie in it", async () => {
    const { root, write } = repository();
    write({ "out/results/mine/run.json": "{}", "out/reports/mine.html": "" });
    const { head, remove } = await states("HEAD", root, { written: [join(root, "out/results"), join(root, "out/reports"), join(root, "none")] });
    expect([head.dirty, existsSync(join(head.folder, "out"))]).toEqual([false, false]);
    write({ "out/other": "" });
    const again = await states("HEAD", root, { written: [join(root, "out/results"), join(root, "out/reports")] });
    expect([again.head.dirty, readdirSync(join(again.head.folder, "out"))]).toEqual([true, ["other"]]);
    remove();
    again.remove();
  });

  it("have what a package in a larger repository depends on, and what mechanisms beside it do", async () => {
    const { root, commit } = emptyRepository();
    const manifest = '{ "name": "part" }';
    commit({ "bench/package.json": manifest, "other/package.json": manifest, "other/kernels/one/definition.mjs": "", ".gitignore": "node_modules\n" });
    for (const part of ["bench", "other"]) mkdirSync(join(root, part, "node_modules"));
    const { base, head, remove } = await states("HEAD", join(root, "bench"), { needed: [join(root, "other/kernels"), join(root, "none"), newFolder()] });
    const linked = [base, head].flatMap(({ folder }) => ["bench", "other"].map((part) => readlinkSync(join(folder, part, "node_modules"))));
    expect(linked).toEqual([1, 2].flatMap(() => ["bench", "other"].map((part) => join(root, part, "node_modules"))));
    remove();
    expect(existsSync(join(root, "bench/node_modules"))).toBe(true);
  });

  // The hook is a shell script.
  it.skipIf(process.platform === "win32")("are made without the hooks of who works there", async () => {
    const { root, write } = repository();
    write({ ".git/hooks/post-checkout": "#!/bin/sh\nexit 1\n" });
    chmodSync(join(root, ".git/hooks/post-checkout"), 0o755);
    const { remove } = await states("HEAD", root);
    remove();
  });

  it("of what is no commit are refused in one line, with what was given, what it is and what is accepted", async () => {
    const { root, git } = repository();
    const accepted = "accepted: a commit, branch or tag of it, e.g. HEAD~1";
    const [tree, unknown] = [git("rev-parse", "HEAD^{tree}"), `is no commit of this repository; git fetch brings what a shallow clone lacks; ${accepted}`];
    for (const [ref, told] of [
      ["", `the commit to compare with is empty; ${accepted}`],
      ["--", `-- ${unknown}`],
      [tree, `${tree} is a tree and no commit of this repository; ${accepted}`],
      ["HEAD..HEAD~1", `HEAD..HEAD~1 ${unknown}`],
      ["a\nb", `a b ${unknown}`],
      ["@{u}", `@{u} is no commit of this repository (git: no upstream configured for branch '${git("branch", "--show-current")}'); ${accepted}`],
    ] as const)
      expect(await reasonOf(states(ref, root))).toBe(told);
    git("tag", "a/tag/with/slashes");
    (await states("a/tag/with/slashes", root)).remove();
  });

  it("leave nothing behind where one cannot be made, and say why", async () => {
    const { root, git } = repository();
    expect(await reasonOf(states("nosuch", root))).toContain("nosuch is no commit of this repository");
    expect(await reasonOf(states("--all", root))).toContain("--all is no commit of this repository");
    expect(await reasonOf(states("HEAD", newFolder()))).toContain("duet needs a git repository with a working tree around this folder");
    writeFileSync(join(root, "package.json"), '{ "name": "attnbench", "scripts": { "build": "exit 1" } }');
    mkdirSync(join(root, "node_modules"));
    git("add", "package.json");
    git("commit", "-q", "-m", "third");
    expect(await reasonOf(states("HEAD", root))).toContain("building head failed");
    expect(git("worktree", "list").split("\n")).toHaveLength(1);
  });

  it("follow staged deletions and renames, and files that became links", async () => {
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
    const { base, head, remove } = await states("HEAD", root);
    const has = (folder: string) => ["gone.txt", "named.txt", "renamed.txt"].filter((file) => existsSync(join(folder, file)));
    expect([has(base.folder), has(head.folder)]).toEqual([["gone.txt", "named.txt"], ["renamed.txt"]]);
    expect(readlinkSync(join(head.folder, "file.txt"))).toBe("nowhere");
    remove();
  });

  it("leave the index of a commit that is being made, and worktrees of the user that are not there at the moment", async () => {
    const { root, git } = repository();
    const away = join(newFolder(), "away");
    git("worktree", "add", "-q", "-b", "side", away, "HEAD");
    renameSync(away, `${away}.off`);
    const index = join(newFolder(), "index");
    vi.stubEnv("GIT_INDEX_FILE", index);
    vi.stubEnv("GIT_DIR", join(root, ".git"));
    try {
      (await states("HEAD", root)).remove();
    } finally {
      vi.unstubAllEnvs();
    }
    expect(existsSync(index)).toBe(false);
    renameSync(`${away}.off`, away);
    expect(execFileSync("git", ["status", "--porcelain"], { cwd: away, encoding: "utf8" })).toBe("");
  });

  it("say what is wrong with a package.json that is none", async () => {
    const { root, git } = repository();
    writeFileSync(join(root, "package.json"), "null");
    git("add", "package.json");
    git("commit", "-q", "-m", "third");
    expect(await reasonOf(states("HEAD", root))).toBe("package.json of head is no JSON object");
  });

  it("take what is installed here where no lock file says what else they need", async () => {
    const { root, git } = repository();
    writeFileSync(join(root, "package.json"), '{ "name": "kernels-of-mine", "dependencies": { "a-thing": "1" } }');
    mkdirSync(join(root, "node_modules", "a-thing"), { recursive: true });
    git("add", "package.json");
    git("commit", "-q", "-m", "third");
    const { base, head, remove } = await states("HEAD", root);
    expect([base, head].map(({ folder, worker }) => [existsSync(join(folder, "node_modules", "a-thing")), worker])).toEqual(Array(2).fill([true, undefined]));
    remove();
    expect(existsSync(join(root, "node_modules", "a-thing"))).toBe(true);
  });
});

describe("a base that cannot be built", () => {
  /** attnbench's own repository, as far as a duet is concerned, with a build that works. */
  const makesWorker = "node -e \"require('fs').mkdirSync('dist'); require('fs').writeFileSync('dist/worker.js', '')\"";
  const manifest = (scripts: Readonly<Record<string, string>>, name = "attnbench"): string => JSON.stringify({ name, scripts });
  const good = { "package.json": manifest({ build: makesWorker }) };
  const baseOf = async (files: Readonly<Record<string, string>>) => {
    const made = emptyRepository();
    made.commit({ ".gitignore": "node_modules\ndist\n", ...files });
    if ("package-lock.json" in files) made.git("rm", "-q", "package-lock.json");
    made.commit(good);
    mkdirSync(join(made.root, "node_modules"));
    const { base, head, remove } = await states("HEAD~1", made.root);
    remove();
    expect(head).toMatchObject({ worker: expect.stringMatching(/dist.worker\.js$/) });
    expect(head).not.toHaveProperty("refused");
    return base;
  };

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["no package.json", {}, /^base is no attnbench: it has no package\.json that says so$/],
    ["a package.json of something else", { "package.json": manifest({}, "other") }, /^base is no attnbench: its package\.json is of other$/],
    ["a package.json that is none", { "package.json": "null" }, /^package\.json of base is no JSON object$/],
    [
      "no script that builds it",
      { "package.json": manifest({ test: "exit 0" }) },
      /^base has no build: its package\.json has neither a script build:code nor build$/,
    ],
    ["a build that makes no worker", { "package.json": manifest({ build: "exit 0" }) }, /^building base made no dist\/worker\.js: it is too old for a duet$/],
    [
      "a build that fails, told on stderr",
      { "package.json": manifest({ build: 'echo "$PWD/a.ts: no such type" >&2; exit 1' }) },
      /^building base failed: a\.ts: no such type$/,
    ],
    [
      "a build that fails, told as to a terminal, in lines that have no end",
      {
        "package.json": manifest({
          build: `node -e "console.error(String.fromCharCode(27) + '[31m' + 'x'.repeat(1000) + String.fromCharCode(8)); process.exit(1)"`,
        }),
      },
      /^building base failed: x{300}…$/,
    ],
    [
      "a build that fails in many lines, of which the first and the last are told",
      { "package.json": manifest({ build: "seq 100 >&2; exit 1" }) },
      /^building base failed: 1\n {2}2\n {2}3\n {2}4\n {2}5\n {2}96\n {2}97\n {2}98\n {2}99\n {2}100$/,
    ],
    [
      "a build that fails, told on stdout",
      { "package.json": manifest({ "build:code": "echo a.ts: no such type; exit 2" }) },
      /^building base failed: a\.ts: no such type$/,
    ],
  ])("has nothing to measure, and says why: %s", async (_, files, reason) => {
    expect(await baseOf(files)).toMatchObject({ worker: undefined, refused: expect.stringMatching(reason) });
  });

  it.each([
    ["a full disk", "echo ENOSPC: no space left on device >&2; exit 1", /building base failed: ENOSPC/],
    ["a process that was killed", "kill -9 $$", /building base failed/],
  ])("for %s ends the duet with 2: that is no fault of base", async (_, build, reason) => {
    expect(await reasonOf(baseOf({ "package.json": manifest({ build }) }))).toMatch(reason);
  });

  it("whose install fails has nothing to measure where its own files are to blame, and ends the duet with 2 where the network may be", async () => {
    const bin = newFolder();
    const npm = execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim();
    const failing = (code: string): void =>
      writeFileSync(
        join(bin, "npm"),
        `#!/bin/sh\nif [ "$1" = ci ]; then printf 'npm error code ${code}\\nnpm error\\nnpm error it is so\\nnpm error\\nnpm error Clean install a project\\nnpm error\\nnpm error Usage:\\n' >&2; exit 1; fi\nexec ${npm} "$@"\n`,
        { mode: 0o755 },
      );
    vi.stubEnv("PATH", `${bin}:${process.env.PATH}`);
    try {
      const files = { ...good, "package-lock.json": "{}" };
      for (const code of ["EUSAGE", "ERESOLVE"]) {
        failing(code);
        expect((await baseOf(files)).refused).toBe(`npm ci of base failed: npm error code ${code}\n  npm error it is so`);
      }
      for (const code of ["ENOTFOUND", "E404", "ENOSPC"]) {
        failing(code);
        expect(await reasonOf(baseOf(files))).toBe(`npm ci of base failed: npm error code ${code}\n  npm error it is so`);
      }
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
