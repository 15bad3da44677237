import { spawn } from "node:child_process";
import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** The script that posts a comparison on a pull request, as its workflow runs it, against a GitHub that remembers what was asked. */
const script = fileURLToPath(new URL("../.github/comment.mjs", import.meta.url));

interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  readonly body: string;
}

interface PullRequest {
  readonly number: number;
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } | null };
}

interface Asked {
  readonly what: string;
  readonly body: string | undefined;
  readonly token: string | undefined;
}

const sha = "a".repeat(40);
const run = {
  event: "pull_request",
  conclusion: "failure",
  html_url: "https://github.example/run/1",
  head_sha: sha,
  head_branch: "feature/ä&b",
  head_repository: { full_name: "other/fork", owner: { login: "other" } },
};
const ofFork: PullRequest = { number: 7, head: { sha, repo: { full_name: "other/fork" } } };
const bot = { login: "github-actions[bot]" };

const posting = async (file: string, pullRequests: readonly PullRequest[], comments: readonly Comment[] = []) => {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    let text = "";
    for await (const chunk of request) text += chunk;
    asked.push({
      what: `${request.method} ${pathname}${searchParams.has("head") ? ` of ${searchParams.get("head")}` : ""}`,
      body: text === "" ? undefined : (JSON.parse(text) as { body: string }).body,
      token: request.headers.authorization,
    });
    const page = 100 * (Number(searchParams.get("page")) - 1);
    const rows = pathname.endsWith("/pulls") ? pullRequests : comments;
    response.end(JSON.stringify(request.method === "GET" ? rows.slice(page, page + 100) : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const eventPath = join(mkdtempSync(join(tmpdir(), "attnbench-test-")), "event.json");
  writeFileSync(eventPath, JSON.stringify({ workflow_run: run }));
  const code = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, file], {
      env: {
        ...process.env,
        GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        GITHUB_REPOSITORY: "we/attnbench",
        GITHUB_TOKEN: "token",
        GITHUB_EVENT_PATH: eventPath,
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.on("error", reject);
    child.on("close", resolve);
  });
  await new Promise((resolve) => server.close(resolve));
  const written = asked.filter(({ what }) => !what.startsWith("GET"));
  return { code, asked, written, body: written[0]?.body ?? "" };
};

const fileOf = (text: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), "attnbench-test-")), "comment.md");
  writeFileSync(file, text);
  return file;
};

const withoutGaps = (text: string): string => text.replaceAll("\u200b", "");

describe("the comment on a pull request", () => {
  const comparison = "## ci: ✅ passed\n\n| arm | head ÷ base |\n| --- | --- |\n| linear (&lt;1) | 1.01 [0.99, 1.02] |\n";

  it("is posted on the one that is at the run's commit, found by its branch, also of a fork", async () => {
    const moved = { number: 8, head: { sha: "b".repeat(40), repo: { full_name: "other/fork" } } };
    const gone = { number: 9, head: { sha, repo: null } };
    const { code, asked, written, body } = await posting(fileOf(comparison), [moved, gone, ofFork]);
    expect(code).toBe(0);
    expect(asked[0]?.what).toBe("GET /repos/we/attnbench/pulls of other:feature/ä&b");
    expect(written.map(({ what }) => what)).toEqual(["POST /repos/we/attnbench/issues/7/comments"]);
    expect(written[0]?.token).toBe("Bearer token");
    expect(body.startsWith("<!-- attnbench -->\n")).toBe(true);
    expect(body).toContain(`[this run](${run.html_url})`);
    expect(body.endsWith(comparison)).toBe(true);
  });

  it("is renewed where it is there, on whatever page, and is not another's who wrote the same", async () => {
    const marked = (id: number, login: string): Comment => ({ id, user: { login }, body: "<!-- attnbench -->\nolder" });
    const many = Array.from({ length: 110 }, (_, i): Comment => ({ id: i, user: bot, body: "something else" }));
    const { written } = await posting(fileOf(comparison), [ofFork], [marked(500, "other"), ...many, marked(501, bot.login)]);
    expect(written.map(({ what }) => what)).toEqual(["PATCH /repos/we/attnbench/issues/comments/501"]);
    expect((await posting(fileOf(comparison), [ofFork], [marked(500, "other")])).written[0]?.what).toBe("POST /repos/we/attnbench/issues/7/comments");
  });

  it("is not posted where it is not clear on which", async () => {
    const two = await posting(fileOf(comparison), [ofFork, { ...ofFork, number: 8 }]);
    const none = await posting(fileOf(comparison), [{ ...ofFork, head: { sha: "b".repeat(40), repo: { full_name: "other/fork" } } }]);
    expect([two.code, two.written, none.code, none.written]).toEqual([0, [], 0, []]);
  });

  it("has no live link, picture, mention, reference or markup of whoever wrote the file", async () => {
    const { body } = await posting(
      fileOf(
        "@everyone &#64;you \\@me &commat;we\n![x](https://evil.example/p.png) [click](//evil.example)\n[a]: https://evil.example\n[b][a] www.evil.example\n" +
          "<img src=x onerror=alert(1)> <!-- #1 \\#2 gh-3 other/repo#4\u202e -->",
      ),
      [ofFork],
    );
    const text = body.slice(body.indexOf("\n\n"));
    expect(text).not.toMatch(/@\w|&#64;|&commat|<|\]\(|\]:|\]\[|:\/\/|www\.|#\d|gh-\d|\u202e/i);
    // Nothing is hidden either.
    expect(withoutGaps(text)).toContain("![x](https://evil.example/p.png)");
  });

  it("has an end, behind a whole line, and says what is left out", async () => {
    const { body } = await posting(fileOf(`${comparison}${"| softmax | @ |\n".repeat(100_000)}`), [ofFork]);
    expect(body.length).toBeGreaterThan(50_000);
    expect(body.length).toBeLessThan(65_536);
    const [, kept = ""] =
      /\| softmax \| @\u200b \|\n\nShortened: of 100005 lines the first (\d+) stand here\. The run's artifact has all of it\.$/.exec(body) ?? [];
    expect(body.split("\n").indexOf("## ci: ✅ passed") + Number(kept) + 2).toBe(body.split("\n").length);
  });

  it("of one endless line shows its beginning, and what a fence, an escape or a table begins there is ended", async () => {
    const endless = await posting(fileOf("x".repeat(200_000)), [ofFork]);
    expect(endless.body).toMatch(/\nx{2000}…\n\nShortened: 1 line is cut to 2000 characters\. The run's artifact has all of it\.$/);
    for (const [line, shown] of [
      [`${"x".repeat(1999)}\\| y`, `${"x".repeat(1999)}…`],
      [`${"x".repeat(1998)}\\\\| y`, `${"x".repeat(1998)}\\\\…`],
      [`${"x".repeat(1997)}&lt;b>`, `${"x".repeat(1997)}…`],
      [`${"x".repeat(1999)}😀`, `${"x".repeat(1999)}…`],
      [`| a |${"x".repeat(3000)}`, `| a |${"x".repeat(1995)}… |`],
    ] as const)
      expect((await posting(fileOf(`before\n${line}\nafter`), [ofFork])).body).toContain(`\nbefore\n${shown}\nafter\n\nShortened: 1 line is cut`);
    const fenced = await posting(fileOf(`\`\`\`\`js\n${"x\n```\n".repeat(50_000)}`), [ofFork]);
    expect(fenced.body).toMatch(/\n````\n\nShortened: of 100001 lines the first \d+ stand here\./);
  });

  it("of a file without end reads so much, and says that there is more", async () => {
    const { code, body } = await posting(fileOf("a line\n".repeat(2 ** 20)), [ofFork]);
    expect([code, body.length < 65_536]).toEqual([0, true]);
    expect(body).toMatch(/Shortened: of \d+ and more lines the first \d+ stand here\./);
  });

  it("says so where there is nothing to post, and shows no other file that a link leads to", async () => {
    const secret = fileOf("secret");
    const link = join(mkdtempSync(join(tmpdir(), "attnbench-test-")), "comment.md");
    symlinkSync(secret, link);
    for (const file of [link, join(tmpdir(), "attnbench-nowhere", "comment.md"), tmpdir()]) {
      const { code, body } = await posting(file, [ofFork]);
      expect([code, body.split("\n").at(-1)]).toEqual([0, "It compared nothing. Its log says why."]);
    }
  });
});
