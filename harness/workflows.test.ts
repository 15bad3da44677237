import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

/** The workflows are held by GitHub's own linter, which knows their keys, contexts and expressions, and by what it leaves open: who may do what, and whose text may become code. */
const folder = fileURLToPath(new URL("../.github/workflows", import.meta.url));
const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: unknown;
  readonly defaults?: { readonly run: Readonly<Record<string, string>> };
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, { readonly inputs?: Readonly<Record<string, unknown>> } | null>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Bundled first: it imports JSON as bundlers read it, and Node does not. */
const loadLinter = () => {
  const file = join(mkdtempSync(join(tmpdir(), "attnbench-test-")), "linter.cjs");
  const contents = `export { validate } from "@actions/languageservice"; export { TextDocument } from "vscode-languageserver-textdocument";`;
  buildSync({ stdin: { contents, resolveDir: folder }, bundle: true, platform: "node", format: "cjs", outfile: file });
  return createRequire(file)(file) as Pick<typeof import("@actions/languageservice"), "validate"> &
    Pick<typeof import("vscode-languageserver-textdocument"), "TextDocument">;
};
const { validate, TextDocument } = loadLinter();

/** What GitHub's linter says, each with its line. It remembers what it was told of a name. */
const lint = async (name: string, text: string): Promise<string[]> =>
  (await validate(TextDocument.create(`file:///.github/workflows/${name}`, "yaml", 0, text))).map(
    ({ message, range }) => `line ${range.start.line + 1}: ${message}`,
  );

const isPinned = (action: string): boolean => action.startsWith("./") || /^[\w.-]+\/[\w./-]+@(v\d+(\.\d+)*|[0-9a-f]{40})$/.test(action);

const isBash = (script: string): boolean => {
  try {
    execFileSync("bash", ["-n"], { input: script, stdio: ["pipe", "ignore", "ignore"] });
    return true;
  } catch {
    return false;
  }
};

const stepFaults = ({ uses, run, with: given = {} }: Step): string[] => [
  // An expression is put into the text before the shell reads it: a branch called $(…) would be run. The environment carries it as a value.
  ...([run, given.script].some((code) => /\$\{\{/.test(String(code ?? ""))) ? ["an expression stands in a script"] : []),
  ...(run !== undefined && !isBash(run) ? ["a script is not bash"] : []),
  ...(uses !== undefined && !isPinned(uses) ? [`${uses} is not pinned`] : []),
  ...(uses?.startsWith("actions/checkout@") && given["persist-credentials"] !== false ? ["a checkout leaves its token in .git"] : []),
];

const jobFaults = ({ uses, permissions = {}, "timeout-minutes": timeout, steps = [] }: Job): string[] => [
  ...(timeout === undefined && uses === undefined ? ["a job has no timeout"] : []),
  ...(uses !== undefined && !isPinned(uses) ? [`${uses} is not pinned`] : []),
  ...Object.entries(permissions).flatMap(([scope, right]) => (right === "write" && scope !== "pull-requests" ? [`a job may write ${scope}`] : [])),
  ...steps.flatMap(stepFaults),
];

const faultsOf = (text: string): string[] => {
  const { on, permissions, jobs } = parse(text) as Workflow;
  const declared = Object.keys(on.workflow_call?.inputs ?? {});
  const read = [...new Set([...text.matchAll(/\binputs\.([\w-]+)/g)].map(([, name = ""]) => name))];
  const isTrusted = "workflow_run" in on;
  const rights = Object.values((typeof permissions === "object" && permissions) || {});
  return [
    ...(typeof permissions !== "object" || permissions === null ? ["no permissions are given, so the repository's apply"] : []),
    ...(rights.includes("write") ? ["every job may write"] : []),
    ...("pull_request_target" in on ? ["code of a fork could run with rights"] : []),
    ...(/\bsecrets\b/.test(text) ? ["a secret is used"] : []),
    ...Object.values(jobs).flatMap((job) => [
      ...jobFaults(job),
      // The two kinds keep apart: what runs a pull request's code has no rights, and what has rights runs none of it.
      ...(!isTrusted && Object.values(job.permissions ?? {}).includes("write") ? ["code of a pull request runs with rights"] : []),
      ...(isTrusted && (job.steps ?? []).some(({ uses, with: given }) => uses?.startsWith("actions/checkout@") && given?.ref !== undefined)
        ? ["another commit than the default branch's is checked out with rights"]
        : []),
    ]),
    ...read.filter((name) => !declared.includes(name)).map((name) => `inputs.${name} is not declared`),
    ...declared.filter((name) => !read.includes(name)).map((name) => `inputs.${name} is not read`),
  ];
};

describe("workflows", () => {
  it("were found", () => expect(files).toEqual(expect.arrayContaining(["comment.yml", "elsewhere.yml", "regression.yml", "sharded.yml", "test.yml"])));

  it.each(files)("%s is what GitHub's linter takes", async (file) => expect(await lint(file, readFileSync(join(folder, file), "utf8"))).toEqual([]));

  it.each(files)("%s runs nobody's text, and has no more rights than it needs", (file) =>
    expect(faultsOf(readFileSync(join(folder, file), "utf8"))).toEqual([]),
  );

  it.each(["regression.yml", "sharded.yml"])("%s works in the folder that its caller names, and caches by the lock file there", (file) => {
    const { jobs } = parse(readFileSync(join(folder, file), "utf8")) as Workflow;
    for (const { defaults, steps = [] } of Object.values(jobs)) {
      expect(defaults?.run["working-directory"]).toBe(`\${{ inputs.working-directory || '.' }}`);
      expect(steps.find(({ uses }) => uses?.startsWith("actions/setup-node"))?.with?.["cache-dependency-path"]).toContain("'{0}/package-lock.json'");
    }
  });

  it("take one version of each action, and of those that hand artifacts over two that came out together", () => {
    const uses = files.flatMap((file) => Object.values((parse(readFileSync(join(folder, file), "utf8")) as Workflow).jobs).flatMap(({ steps = [] }) => steps));
    const pinned = new Set(uses.flatMap(({ uses: action }) => (action?.startsWith("actions/") ? [action] : [])));
    const names = [...pinned].map((action) => action.replace(/@.*/, ""));
    expect(names.length).toBe(new Set(names).size);
    // upload-artifact 7 and download-artifact 8 are one release; a digest that does not match is an error from 8 on.
    expect([...pinned].filter((action) => action.includes("artifact")).sort()).toEqual(["actions/download-artifact@v8", "actions/upload-artifact@v7"]);
  });

  it("that are wrong are seen by the linter", async () => {
    const wrong = `name: wrong
on: { pull_request: {} }
permissions: { content: read }
jobs:
  a:
    needs: [c]
    runs-on: ubuntu-latest
    timeout-minutes: ten
    outputs: { x: "\${{ steps.nope.outputs.y }}" }
    steps:
      - run: echo "$A"
        shel: bash
        env: { A: "\${{ gthub.ref }}", B: "\${{ toJSN(github) }}" }
`;
    expect((await lint("wrong.yml", wrong)).join("\n")).toMatch(
      /^(?=[\s\S]*line 3: .*'content')(?=[\s\S]*line 6: .*'c')(?=[\s\S]*line 8: .*'ten')(?=[\s\S]*line 9: .*nope)(?=[\s\S]*line 12: .*'shel')(?=[\s\S]*line 13: .*gthub)(?=[\s\S]*line 13: .*toJSN)/,
    );
  });

  it("that break a rule are seen", () => {
    const open = `on:
  workflow_call: { inputs: { unread: { type: string } } }
  pull_request_target:
jobs:
  a:
    permissions: { contents: write }
    steps:
      - uses: actions/checkout@main
      - run: echo \${{ github.event.pull_request.title }} \${{ inputs.other }}
      - run: if true; then
        env: { A: "\${{ secrets.TOKEN }}" }
      - uses: actions/github-script@v8
        with: { script: "console.log('\${{ github.head_ref }}')" }
`;
    expect(faultsOf(open)).toEqual([
      "no permissions are given, so the repository's apply",
      "code of a fork could run with rights",
      "a secret is used",
      "a job has no timeout",
      "a job may write contents",
      "actions/checkout@main is not pinned",
      "a checkout leaves its token in .git",
      "an expression stands in a script",
      "a script is not bash",
      "an expression stands in a script",
      "code of a pull request runs with rights",
      "inputs.other is not declared",
      "inputs.unread is not read",
    ]);
    const trusted = `on: { workflow_run: { workflows: [a], types: [completed] } }
permissions: { contents: write }
jobs:
  a:
    timeout-minutes: 5
    steps: [{ uses: actions/checkout@v6, with: { persist-credentials: false, ref: "\${{ github.event.workflow_run.head_sha }}" } }]
`;
    expect(faultsOf(trusted)).toEqual(["every job may write", "another commit than the default branch's is checked out with rights"]);
  });
});
