import { execFileSync } from "node:child_process";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { newFolder } from "../testExperiment.ts";

export interface TestRepository {
  readonly root: string;
  readonly git: (...args: string[]) => string;
  /** writes files by name */
  readonly write: (files: Readonly<Record<string, string>>) => void;
  /** all that git does not ignore */
  readonly commit: (files?: Readonly<Record<string, string>>) => void;
}

/** For tests: a repository without a commit, in a folder by its real name. */
export const emptyRepository = (): TestRepository => {
  const root = realpathSync(newFolder());
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.example", ...args], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  git("init", "-q");
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
  };
  const commit = (files: Readonly<Record<string, string>> = {}): void => {
    write(files);
    git("add", ".");
    git("commit", "-q", "--allow-empty", "-m", "one more");
  };
  return { root, git, write, commit };
};

/** For tests: folders of the repository's worktrees, its own first. */
export const worktreesOf = ({ git }: TestRepository): readonly string[] =>
  [...git("worktree", "list", "--porcelain").matchAll(/^worktree (.+)$/gm)].flatMap(([, folder]) => folder ?? []);
