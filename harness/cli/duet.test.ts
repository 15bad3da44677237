import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Comparison } from "../record/comparison.ts";
import { livingOwner } from "../record/owner.ts";
import { testAdapter } from "../testAdapter.ts";
import { newFolder } from "../testExperiment.ts";
import { attnbench, type Ended } from "./testCommand.ts";
import { emptyRepository, type TestRepository, worktreesOf } from "./testRepository.ts";

/** Where other files' duets leave nothing, and doctor removes none of theirs. */
const { TMPDIR: shared } = process.env;
beforeAll(() => {
  process.env.TMPDIR = newFolder();
});
afterAll(() => {
  if (shared === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = shared;
});
afterEach(() => vi.unstubAllEnvs());

const dist = new URL("../../dist/", import.meta.url).href;
const echo = `
import family from "${dist}kernels/linear/definition.js";
export default [{ ...family.find(({ name }) => name === "linear"), name: "echo" }];
`;
const yaml = (...mechanisms: readonly string[]): string => `name: mine
phase: decode
mechanisms: [${mechanisms.join(", ")}]
axes: { n: [64] }
fixed: { heads: 2, headDim: 16 }
measure: { precision: 5%, maxTime: 2s }
`;

const duet = ({ root }: TestRepository, ref: string, ...more: readonly string[]): Promise<Ended & { readonly out: string }> => {
  const out = newFolder();
  return attnbench(["duet", ref, "mine.yaml", "--adapter", testAdapter, "--json", "--out", out, ...more], root).then((ended) => ({ ...ended, out }));
};

const answerOf = ({ stdout }: Ended) => JSON.parse(stdout) as { readonly runs: readonly string[]; readonly comparisons: readonly [Comparison] };
const timesOf = ({ cells }: Comparison): Readonly<Record<string, string>> =>
  Object.fromEntries(cells.map(({ label, metrics }) => [label, metrics.time.verdict]));

/** How much time a busy machine leaves for turns is no matter here. */
const inBoth: unknown = expect.stringMatching(/SAME|UNDECIDED|SLOWER|FASTER/);

describe("a duet with --kernels", () => {
  it("that git ignores measures both sides with them, and says so in the answer, in --json and in the summary", async () => {
    const made = emptyRepository();
    made.commit({ "mine.yaml": yaml("linear", "echo"), ".gitignore": "built\n" });
    made.write({ "built/echo/definition.mjs": echo });
    const ended = await duet(made, "HEAD", "--kernels", "built");
    expect(ended).toMatchObject({ code: 0 });
    const { runs, comparisons } = answerOf(ended);
    const told =
      "--kernels built is no part of what git has, since it is ignored or a repository of its own: base and head are measured with the same mechanisms of it, as they are now.";
    expect(comparisons[0].findings[1]).toBe(told);
    expect(comparisons[0].notes).toEqual([told]);
    expect(comparisons[0].findings).toContainEqual(expect.stringMatching(/^--kernels held the same for base and head: built \([0-9a-f]{8}\)\.$/));
    expect(readFileSync(join(runs[0] ?? "", "comparison.md"), "utf8")).toContain("is no part of what git has");
    expect(timesOf(comparisons[0])).toEqual({ linear: inBoth, echo: inBoth });
    expect(JSON.parse(readFileSync(join(runs[0] ?? "", "run.json"), "utf8")).command).toBe(
      `npx attnbench duet HEAD mine.yaml --adapter ${testAdapter} --kernels built`,
    );
  });

  it("that base has not got yet compares everything else", async () => {
    const made = emptyRepository();
    made.commit({ "mine.yaml": yaml("linear", "echo") });
    made.write({ "new/echo/definition.mjs": echo });
    const ended = await duet(made, "HEAD", "--kernels", "new");
    expect(ended).toMatchObject({ code: 0 });
    const [comparison] = answerOf(ended).comparisons;
    expect(timesOf(comparison)).toMatchObject({ echo: "NEW", linear: inBoth });
    expect(comparison.findings[1]).toBe("base has no --kernels new: what it holds is NEW.");
  });

  it("that head cannot load ends with 2 and what is wrong with them, not with the adapter", async () => {
    const made = emptyRepository();
    made.commit({
      "mine.yaml": yaml("linear"),
      ".gitignore": "local.mjs\n",
      "mine/echo/definition.mjs": `import "./local.mjs";${echo}`,
    });
    made.write({ "mine/echo/local.mjs": "" });
    const ended = await duet(made, "HEAD", "--kernels", "mine");
    expect(ended).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--kernels of head (the working tree): mine/echo/definition.mjs: cannot be imported: Cannot find module"),
    });
    expect(ended.stderr).not.toContain("adapter");
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { exitCode: 2 } });
  });
});

describe("a duet whose base has --kernels that cannot be loaded", () => {
  const accepted = "accepted is a module whose default export is an array of mechanisms (the contract is kernels/mechanism.ts)";
  it.each([
    ["whose definition throws", 'throw new Error("boom")', `cannot be imported: boom; ${accepted}`],
    ["that lack the export", "export const mechanisms = [];", `it has no default export; ${accepted}`],
    [
      "of another contract",
      echo.replace('name: "echo"', 'name: "echo", family: "quadratic", plan: undefined'),
      "echo is no mechanism: family must be softmax, linear or instrument; plan must be a function (the contract is kernels/mechanism.ts)",
    ],
  ])("%s names base, the file, what is wrong and what is accepted", async (_, text, why) => {
    const made = emptyRepository();
    made.commit({ "mine.yaml": yaml("linear"), "mine/echo/definition.mjs": text });
    made.write({ "mine/echo/definition.mjs": echo });
    const ended = await duet(made, "HEAD", "--kernels", "mine");
    const told = `--kernels of base (HEAD, ${made.git("rev-parse", "HEAD").slice(0, 10)}): mine/echo/definition.mjs: ${why}`;
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining(`base cannot be measured, so everything is NEW: ${told}\n`) });
    const [comparison] = answerOf(ended).comparisons;
    expect(comparison.findings[1]).toBe(`Base cannot be measured, so everything is NEW: ${told}`);
    expect(timesOf(comparison)).toEqual({ linear: "NEW" });
  });
});

it("a duet says what head's file no longer asks for: nobody measures that", async () => {
  const made = emptyRepository();
  made.commit({ "mine.yaml": yaml("linear", "softmax") });
  writeFileSync(join(made.root, "mine.yaml"), yaml("linear"));
  const { comparisons } = answerOf(await duet(made, "HEAD"));
  expect(timesOf(comparisons[0])).toEqual({ linear: inBoth });
  expect(comparisons[0].findings).toContainEqual(
    expect.stringMatching(/^Base's mine\.yaml asks for 1 cell that head's does not, and nobody measured: softmax-\S+\.$/),
  );
});

describe("a duet with a base that cannot be built", () => {
  it("finds everything NEW, says why with the end of the build, and passes", async () => {
    const made = emptyRepository();
    const manifest = (build: string): string => JSON.stringify({ name: "attnbench", type: "module", scripts: { build } });
    made.commit({
      "package.json": manifest("echo a.ts: no such type; exit 1"),
      "mine.yaml": yaml("linear"),
      ".gitignore": "dist\n",
      "worker.js": `import "${dist}worker.js";`,
    });
    made.commit({ "package.json": manifest("mkdir dist && cp worker.js dist") });
    const ended = await duet(made, "HEAD~1");
    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("base cannot be measured, so everything is NEW: building base failed: a.ts: no such type"),
    });
    // Who wants to hear of what is not known hears of it.
    expect((await duet(made, "HEAD~1", "--undecided", "fail")).code).toBe(3);
    const { runs, comparisons } = answerOf(ended);
    expect(timesOf(comparisons[0])).toEqual({ linear: "NEW" });
    expect(comparisons[0].findings[1]).toBe("Base cannot be measured, so everything is NEW: building base failed: a.ts: no such type");
    expect(readFileSync(join(runs[0] ?? "", "comparison.md"), "utf8")).toContain("building base failed: a.ts: no such type");
  });
});

/** A git on PATH that takes its time to make a worktree, and writes down its process. */
const slowGit = (script: string): string => {
  const bin = newFolder();
  const git = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  const file = join(bin, "pid");
  const text = `#!/bin/sh\ncase "$*" in *"worktree add "*) echo $$ > ${file}; ${script.replace("GIT", git)};; esac\nexec ${git} "$@"\n`;
  writeFileSync(join(bin, "git"), text, { mode: 0o755 });
  vi.stubEnv("PATH", `${bin}:${process.env.PATH}`);
  return file;
};

/** Does something to the command, once its git has been slow for a moment. */
const onceSlow = (pidFile: string, work: (signal: (name: NodeJS.Signals) => void) => void) => {
  let asking: NodeJS.Timeout | undefined;
  return (_text: string, signal: (name: NodeJS.Signals) => void): void => {
    asking ??= setInterval(() => {
      if (!existsSync(pidFile)) return;
      clearInterval(asking);
      setTimeout(() => work(signal), 500);
    }, 20);
  };
};

const livesAs = (pidFile: string): boolean => livingOwner(readFileSync(pidFile, "utf8").trim()) !== undefined;

const duetFolders = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("attnbench-duet-"));

describe("a duet that is ended while it checks out", () => {
  const repository = (): TestRepository => {
    const made = emptyRepository();
    made.commit({ "mine.yaml": yaml("linear") });
    return made;
  };

  it.each([
    ["before git has made anything", "sleep 60", "SIGINT", 130],
    ["when git has made a half of it", 'GIT "$@"; sleep 60', "SIGTERM", 143],
  ] as const)("%s ends at once, by its signal, and leaves nothing", async (_, script, name, code) => {
    const made = repository();
    const pidFile = slowGit(script);
    let sent = 0;
    const ended = await attnbench(
      ["duet", "HEAD", "mine.yaml", "--adapter", testAdapter, "--json"],
      made.root,
      onceSlow(pidFile, (signal) => {
        sent = performance.now();
        signal(name);
      }),
    );
    expect(performance.now() - sent).toBeLessThan(20_000);
    expect(ended.code).toBe(code);
    expect(JSON.parse(ended.stdout)).toEqual({ error: { exitCode: code, message: expect.stringContaining("interrupted while the two states were made") } });
    expect(livesAs(pidFile)).toBe(false);
    expect([worktreesOf(made), duetFolders(), readdirSync(made.root)]).toEqual([[made.root], [], [".git", "mine.yaml"]]);
  });

  it("by two signals leaves no git that does not hear the first", async () => {
    const made = repository();
    const pidFile = slowGit("trap '' TERM; sleep 60");
    const twice = onceSlow(pidFile, (signal) => {
      signal("SIGINT");
      setTimeout(() => signal("SIGINT"), 200);
    });
    expect((await attnbench(["duet", "HEAD", "mine.yaml", "--adapter", testAdapter], made.root, twice)).code).toBe(130);
    await vi.waitFor(() => expect(livesAs(pidFile)).toBe(false));
    expect([worktreesOf(made), duetFolders()]).toEqual([[made.root], []]);
  });

  it("by kill -9 leaves worktrees that doctor removes and tells of, once", async () => {
    const made = repository();
    const pidFile = slowGit('GIT "$@"; sleep 2');
    const killed = onceSlow(pidFile, (signal) => signal("SIGKILL"));
    await attnbench(["duet", "HEAD", "mine.yaml", "--adapter", testAdapter], made.root, killed);
    // Nobody is left to end git, which ends by itself.
    while (livesAs(pidFile)) await new Promise((done) => setTimeout(done, 50));
    vi.unstubAllEnvs();
    const [, left = ""] = worktreesOf(made);
    expect(existsSync(left)).toBe(true);
    const doctor = () => attnbench(["doctor", "--adapter", testAdapter], made.root);
    expect((await doctor()).stdout).toMatch(/worktrees +1 of a duet that was killed, removed just now/);
    expect([worktreesOf(made), existsSync(dirname(left))]).toEqual([[made.root], false]);
    expect((await doctor()).stdout).not.toContain("worktrees");
  });
});

describe("a duet that ends before its answer", () => {
  const repository = (): TestRepository => {
    const made = emptyRepository();
    made.commit({ "mine.yaml": yaml("linear") });
    return made;
  };
  const run = ["duet", "HEAD", "mine.yaml", "--adapter", testAdapter, "--out", "with a space"];

  /** The folders that a message names after `attnbench compare`, as a shell reads them. */
  const halvesIn = (text: string): readonly string[] => [...(/attnbench compare '([^']+)' '([^']+)' tells what was measured/.exec(text) ?? [])].slice(1);

  /** That both halves are named, can be compared and hold visits of both sides, that are paired; and that nothing else is left. */
  const expectKept = async (made: TestRepository, halves: readonly string[]): Promise<void> => {
    expect(halves).toEqual([expect.stringMatching(/^with a space\/results\/mine\/\S+\/base$/), expect.stringMatching(/^with a space\/results\/mine\/\S+$/)]);
    const { code, stdout } = await attnbench(["compare", ...halves, "--json"], made.root);
    expect(code).toBe(0);
    const { cells, paired } = JSON.parse(stdout) as Comparison;
    expect([paired, cells.map(({ metrics }) => metrics.time.verdict)]).toEqual([true, [inBoth]]);
    expect([worktreesOf(made), duetFolders()]).toEqual([[made.root], []]);
  };

  /** Once both halves have measured their cell. */
  const onceBoth = (work: (signal: (name: NodeJS.Signals) => void) => void) => {
    let done = false;
    return (text: string, signal: (name: NodeJS.Signals) => void): void => {
      if (done || (text.match(/ok {6}linear/g)?.length ?? 0) < 2) return;
      done = true;
      setTimeout(() => work(signal), 500);
    };
  };

  it("by a full disk says what is kept and how to read it", async () => {
    const made = repository();
    const preloaded = join(newFolder(), "fullDisk.mjs");
    writeFileSync(
      preloaded,
      `import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const { writeFileSync } = fs;
let visits = 0;
fs.writeFileSync = (file, text, ...more) => {
  if (typeof file === "number" && /"type":"visit"/.test(text) && ++visits > 6)
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  return writeFileSync(file, text, ...more);
};
syncBuiltinESMExports();
`,
    );
    vi.stubEnv("NODE_OPTIONS", `--import ${preloaded}`);
    // However long a busy machine takes for the visits before.
    const { code, stdout, stderr } = await attnbench([...run, "--json", "--budget", "60s"], made.root);
    vi.unstubAllEnvs();
    const { error } = JSON.parse(stdout) as { readonly error: { readonly exitCode: number; readonly message: string } };
    expect([code, error.exitCode]).toEqual([2, 2]);
    expect(error.message).toMatch(
      /journal\.jsonl: ENOSPC: .*: make room, or choose another folder with --out\n {2}\d finished visits? of base and \d of head are kept: attnbench /,
    );
    expect(stderr).toContain(error.message);
    await expectKept(made, halvesIn(error.message));
  });

  it("by a second Ctrl-C says the same", async () => {
    const made = repository();
    const twice = onceBoth((signal) => {
      signal("SIGINT");
      setTimeout(() => signal("SIGINT"), 20);
    });
    const { code, stderr } = await attnbench([...run, "--budget", "60s"], made.root, twice);
    expect(code).toBe(130);
    const halves = halvesIn(/\d+ finished visits? of base.*/.exec(stderr)?.[0] ?? "");
    await expectKept(made, halves);
    expect(readdirSync(join(made.root, halves[1] ?? "")).toSorted()).toEqual(["base", "journal.jsonl", "run.json"]);
  });

  it("by kill -9 has said before where it measures into, and doctor removes what it left", async () => {
    const made = repository();
    const killed = onceBoth((signal) => signal("SIGKILL"));
    const { code, stderr } = await attnbench([...run, "--budget", "60s"], made.root, killed);
    expect(code).toBeNull();
    expect(worktreesOf(made)).toHaveLength(3);
    await attnbench(["doctor", "--adapter", testAdapter], made.root);
    await expectKept(made, halvesIn(/measuring into .*/.exec(stderr)?.[0] ?? ""));
  });

  it("is not gone on with: --resume is refused in words", async () => {
    const made = repository();
    const { code, stdout, stderr } = await attnbench([...run, "--resume", "--json"], made.root);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^--resume: a duet is not gone on with, .*\n$/);
    expect(JSON.parse(stdout)).toEqual({ error: { exitCode: 2, message: stderr.trim() } });
    expect(readdirSync(made.root)).toEqual([".git", "mine.yaml"]);
  });
});
