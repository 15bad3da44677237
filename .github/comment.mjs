// Posts a comparison as a comment on the pull request whose run made it, or renews the one that is there: comment.mjs FILE, in a workflow on workflow_run.
// FILE was written by code of the pull request. Nothing of it is run or believed: not which pull request it is for, and no link, mention or markup of it is live.
import { closeSync, lstatSync, openSync, readFileSync, readSync } from "node:fs";

const marker = "<!-- attnbench -->";
/** GitHub takes 65,536 characters, of all that a comment is made of. */
const mostCharacters = 60_000;
/** A line of a comparison has a few hundred. */
const mostOfLine = 2_000;
/** No comparison is larger, and whoever wrote the file may have filled a disk with it. */
const mostBytes = 2 ** 22;

/** The file's text, and whether there is more of it; undefined where there is none. A link could show what else lies on this machine, a token for one. */
function textOf(file) {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) return undefined;
  const bytes = Buffer.alloc(Math.min(found.size, mostBytes));
  const opened = openSync(file, "r");
  const length = readSync(opened, bytes);
  closeSync(opened);
  return { text: bytes.toString("utf8", 0, length), isAll: found.size <= mostBytes };
}

/** Markdown that can be a heading, a list, a table or code, and nothing that GitHub links, loads or notifies of. It looks for @ and # in the rendered text, where no backslash is left. */
function harmless(text) {
  const gap = "\u200b";
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
      .replace(/&#64;|&#8203;/g, (found) => (found === "&#64;" ? "@" : ""))
      .replace(/&(?!(?:lt|amp);)/g, "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll("@", `@${gap}`)
      .replace(/#(?=\d)|\bGH-(?=\d)/gi, (found) => `${found}${gap}`)
      .replace(/\](?=[([:])/g, `]${gap}`)
      .replaceAll("://", `:${gap}//`)
      .replace(/www(?=\.)/gi, (found) => `${found}${gap}`)
  );
}

/** A line of a length that a comment has room for; no character, escape or entity is cut in two, and a row of a table stays one. */
function lineOf(line) {
  if (line.length <= mostOfLine) return line;
  const cut = line
    .slice(0, mostOfLine)
    .replace(/[\ud800-\udbff]$/, "")
    .replace(/&[#\w]{0,8}$/, "")
    .replace(/(?<!\\)((?:\\\\)*)\\$/, "$1");
  return `${cut}…${line.startsWith("|") ? " |" : ""}`;
}

/** What ends the block of code that these lines are in the middle of; undefined where they are in none. */
function openFence(lines) {
  let open;
  for (const line of lines) {
    const [, fence, rest] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (fence === undefined) continue;
    if (open === undefined) open = fence;
    else if (fence[0] === open[0] && fence.length >= open.length && rest.trim() === "") open = undefined;
  }
  return open;
}

/** As many whole lines as there is room for, and what is left out. */
function shortened({ text, isAll }) {
  const lines = text.replace(/\n$/, "").split("\n");
  const kept = [];
  let room = mostCharacters;
  for (const line of lines) {
    const shown = harmless(lineOf(line));
    room -= shown.length + 1;
    if (room < 0) break;
    kept.push(shown);
  }
  const cut = lines.slice(0, kept.length).filter((line) => line.length > mostOfLine).length;
  if (isAll && kept.length === lines.length && cut === 0) return harmless(text);
  const fence = openFence(kept);
  const of = `${lines.length}${isAll ? "" : " and more"}`;
  const lost = [
    ...(kept.length < lines.length || !isAll ? [`of ${of} lines the first ${kept.length} stand here`] : []),
    ...(cut > 0 ? [`${cut} ${cut === 1 ? "line is" : "lines are"} cut to ${mostOfLine} characters`] : []),
  ];
  return [...kept, ...(fence === undefined ? [] : [fence]), "", `Shortened: ${lost.join(", and ")}. The run's artifact has all of it.`].join("\n");
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
    text === undefined ? "It compared nothing. Its log says why." : shortened(text),
  ].join("\n");
  // Anyone can write the marker.
  const earlier = (await askAll(`issues/${number}/comments`)).find(
    ({ user, body: written }) => user?.login === "github-actions[bot]" && written?.startsWith(marker),
  );
  await (earlier ? ask("PATCH", `issues/comments/${earlier.id}`, { body }) : ask("POST", `issues/${number}/comments`, { body }));
  process.stdout.write(`${earlier ? "renewed" : "posted"} the comment on #${number}\n`);
}
