// Posts a comparison as a comment on the pull request whose run made it, or renews the one that is there: comment.mjs FILE, in a workflow on workflow_run.
// FILE was written by code of the pull request. Nothing of it is run or believed: not which pull request it is for, and no link, mention or markup of it is live.
import { closeSync, lstatSync, openSync, readFileSync, readSync } from "node:fs";

const marker = "<!-- attnbench -->";
/** GitHub takes 65,536 characters. */
const mostCharacters = 60_000;

/** The file's beginning; undefined where there is none. A link could show what else lies on this machine, a token for one. */
function textOf(file) {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) return undefined;
  const bytes = Buffer.alloc(4 * mostCharacters);
  const opened = openSync(file, "r");
  const length = readSync(opened, bytes);
  closeSync(opened);
  return bytes.toString("utf8", 0, length);
}

/** Markdown that can be a heading, a list, a table or code, and nothing that GitHub links, loads or notifies of. It looks for @ and # in the rendered text, where no backslash is left. */
function harmless(text) {
  const gap = "\u200b";
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
      .replaceAll("&#64;", "@")
      .replace(/&(?!lt;)/g, "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll("@", `@${gap}`)
      .replace(/#(?=\d)|\bGH-(?=\d)/gi, (found) => `${found}${gap}`)
      .replace(/\](?=[([:])/g, `]${gap}`)
      .replaceAll("://", `:${gap}//`)
      .replace(/www(?=\.)/gi, (found) => `${found}${gap}`)
  );
}

function shortened(text) {
  if (text.length <= mostCharacters) return text;
  return `${text.slice(0, text.lastIndexOf("\n", mostCharacters))}\n\nThe rest is in the run's artifact.`;
}

const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token, GITHUB_EVENT_PATH: eventPath } = process.env;

async function ask(method, path, body) {
  const response = await fetch(`${api}/repos/${repository}/${path}`, {
    method,
    headers: { accept: "application/vnd.github+json", authorization: `Bearer ${token}`, "x-github-api-version": "2022-11-28" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function askAll(path) {
  const all = [];
  for (let page = 1; ; page++) {
    const rows = await ask("GET", `${path}${path.includes("?") ? "&" : "?"}per_page=100&page=${page}`);
    all.push(...rows);
    if (rows.length < 100) return all;
  }
}

/** Open, and still at the commit that the run was of. The event names none where it is of a fork, and commits of forks cannot be looked up: branches can. */
async function pullRequestsOf({ head_sha: sha, head_branch: branch, head_repository: { full_name: fullName, owner } }) {
  const open = await askAll(`pulls?${new URLSearchParams({ state: "open", head: `${owner.login}:${branch}` })}`);
  return open.filter(({ head }) => head.sha === sha && head.repo?.full_name === fullName);
}

const { workflow_run: run } = JSON.parse(readFileSync(eventPath, "utf8"));
const pullRequests = await pullRequestsOf(run);
if (pullRequests.length !== 1) {
  process.stdout.write(`${pullRequests.length} open pull requests are at ${run.head_sha} of ${run.head_repository.full_name}: nothing is posted\n`);
} else {
  const [{ number }] = pullRequests;
  const text = textOf(process.argv[2]);
  const body = [
    marker,
    `Measured by [this run](${run.html_url}), whose code is the pull request's own (${run.head_sha.slice(0, 10)}; it ended with ${run.conclusion}).`,
    "",
    text === undefined ? "It compared nothing. Its log says why." : shortened(harmless(text)),
  ].join("\n");
  // Anyone can write the marker.
  const earlier = (await askAll(`issues/${number}/comments`)).find(
    ({ user, body: written }) => user?.login === "github-actions[bot]" && written?.startsWith(marker),
  );
  await (earlier ? ask("PATCH", `issues/comments/${earlier.id}`, { body }) : ask("POST", `issues/${number}/comments`, { body }));
  process.stdout.write(`${earlier ? "renewed" : "posted"} the comment on #${number}\n`);
}
