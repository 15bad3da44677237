import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

/** The steps of the regression workflow as a runner's shell runs them, in a repository that only uses attnbench, with a stand-in for its command line. */
const workflow = parse(readFileSync(fileURLToPath(new URL("../.github/workflows/regression.yml", import.meta.url)), "utf8")) as {
  readonly jobs: { readonly regression: { readonly steps: readonly { readonly id?: string; readonly run?: string }[] } };
};

/** Writes down what it was given, and what a duet would. */
const standIn = `
const { appendFileSync, mkdirSync, writeFileSync } = require("node:fs");
const [command, ...rest] = process.argv.slice(2);
appendFileSync(process.env.GIVEN, JSON.stringify([command, ...rest]) + "\\n");
if (command === "duet" && process.env.COMPARES) {
  const folder = rest[rest.indexOf("--out") + 1] + "/results/mine/run 1";
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + "/comparison.md", "## mine\\n");
}
process.exit(command === "duet" ? Number(process.env.ENDS) : 0);
`;

const newFolder = (): string => mkdtempSync(join(tmpdir(), "attnbench-test-"));

interface Given {
  /** exit code of duet, and whether it compares anything before */
  readonly ends?: number;
  readonly compares?: boolean;
  readonly baseRef?: string;
  readonly installed?: boolean;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** A pull request's commits on one of main, which went on since. */
const repositoryOf = (): { readonly repository: string; readonly mergeBase: string } => {
  const repository = newFolder();
  const git = (...args: string[]): string => {
    const { stdout, stderr, status } = spawnSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.example", ...args], { cwd: repository, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  git("init", "-q");
  writeFileSync(join(repository, "package.json"), `{ "name": "mine" }`);
  git("add", ".");
  git("commit", "-q", "-m", "forked here");
  const mergeBase = git("rev-parse", "HEAD");
  git("commit", "-q", "--allow-empty", "-m", "main went on");
  git("update-ref", "refs/remotes/origin/main", "HEAD");
  git("checkout", "-q", "--detach", mergeBase);
  for (const message of ["one", "two"]) git("commit", "-q", "--allow-empty", "-m", message);
  mkdirSync(join(repository, "node_modules/attnbench/dist"), { recursive: true });
  return { repository, mergeBase };
};
const { repository, mergeBase } = repositoryOf();

const runSteps = ({ ends = 0, compares = true, baseRef = "", installed = true, inputs = {} }: Given) => {
  const [temp, home] = [newFolder(), newFolder()];
  const installedAt = join(repository, "node_modules/attnbench/dist/cli.js");
  if (installed) writeFileSync(installedAt, standIn);
  else rmSync(installedAt, { force: true });
  const output = join(home, "output");
  writeFileSync(output, "");
  const none = { EXPERIMENT: "mine.yaml", KERNELS: "", AGAINST: "", STRICT: "false", THRESHOLD: "", UNDECIDED: "ok", BUDGET: "", ADAPTER: "auto" };
  const codes: (number | null)[] = [];
  for (const id of ["install", "duet", "report"]) {
    const script = join(home, `${id}.sh`);
    writeFileSync(script, workflow.jobs.regression.steps.find((step) => step.id === id)?.run ?? "exit 99");
    const cli = /^cli=(.*)$/m.exec(readFileSync(output, "utf8"))?.[1] ?? "";
    const { status } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
      cwd: repository,
      env: {
        ...process.env,
        ...none,
        ...inputs,
        GITHUB_BASE_REF: baseRef,
        GITHUB_OUTPUT: output,
        RUNNER_TEMP: temp,
        CLI: cli,
        GIVEN: join(home, "given"),
        ENDS: String(ends),
        COMPARES: compares ? "1" : "",
      },
      stdio: ["ignore", "ignore", "ignore"],
    });
    codes.push(status);
    // As the conditions of the later steps say.
    if (id === "install" && status !== 0) break;
    if (id === "duet" && !readFileSync(output, "utf8").includes("exit-code=")) break;
  }
  const given = existsSync(join(home, "given"))
    ? readFileSync(join(home, "given"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as string[])
    : [];
  return { temp, codes, given, outputs: readFileSync(output, "utf8") };
};

describe("the regression workflow", () => {
  it("compares a pull request with its merge base, anything else with the commit before, unless told with what", () => {
    const ofPull = runSteps({ baseRef: "main" });
    const out = join(ofPull.temp, "attnbench");
    expect(ofPull.given[0]).toEqual(["duet", "--format", "github", "--out", out, "--adapter=auto", "--undecided=ok", "--", mergeBase, "mine.yaml"]);
    expect(runSteps({}).given[0]?.slice(-2)).toEqual(["HEAD~1", "mine.yaml"]);
    expect(runSteps({ baseRef: "main", inputs: { AGAINST: "v1" } }).given[0]?.slice(-2)).toEqual(["v1", "mine.yaml"]);
  });

  it("passes each input on as it is, and runs none", () => {
    const bad = '$(touch pwned) `touch pwned` "; touch pwned; #';
    const inputs = {
      EXPERIMENT: bad,
      KERNELS: `my kernels\n${bad}\n`,
      AGAINST: "--help",
      STRICT: "true",
      THRESHOLD: bad,
      BUDGET: "--x",
      ADAPTER: bad,
      UNDECIDED: bad,
    };
    const { given } = runSteps({ inputs });
    expect(given[0]?.slice(5)).toEqual([
      `--adapter=${bad}`,
      `--undecided=${bad}`,
      "--strict",
      `--threshold=${bad}`,
      "--budget=--x",
      "--kernels=my kernels",
      `--kernels=${bad}`,
      "--",
      "--help",
      bad,
    ]);
    expect(existsSync(join(repository, "pwned"))).toBe(false);
  });

  it.each([0, 1, 3, 5])("ends with duet's exit code %i, and keeps what was compared", (ends) => {
    const { codes, outputs, given, temp } = runSteps({ ends });
    expect(codes).toEqual([0, ends, 0]);
    expect(outputs).toContain(`exit-code=${ends}\n`);
    expect(given[1]).toEqual(["report", "--out", join(temp, "attnbench"), "--", join(temp, "attnbench/results/mine/run 1")]);
    expect(readFileSync(join(temp, "comment.md"), "utf8")).toBe("## mine\n");
    expect(outputs).toContain("compared=true\n");
  });

  it("keeps nothing where nothing was compared", () => {
    const { codes, outputs, given } = runSteps({ ends: 5, compares: false });
    expect([codes, given.length]).toEqual([[0, 5, 0], 1]);
    expect(outputs).not.toContain("compared");
  });

  it("ends as misused where attnbench is not there, or no base", () => {
    expect(runSteps({ installed: false }).codes).toEqual([2]);
    const { codes, given } = runSteps({ baseRef: "gone" });
    expect([codes, given]).toEqual([[0, 2], []]);
  });
});
