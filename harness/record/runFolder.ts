import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./folder.ts";
import { foldJournal, type JournalLine, readJournal } from "./journal.ts";
import { isLeftLocked, lockedBy, removeLeftLock } from "./lock.ts";
import { type RunRecord, schemaVersion } from "./run.ts";
import { flawOfRun } from "./runSchema.ts";
import { halfEnding, writeWhole } from "./wholeFile.ts";

/** Why a run cannot be read: a sentence naming the file. */
export class UnreadableRun extends Error {}

/** Name of a run: UTC time and 6 hex digits of its own, e.g. 20261124T101500Z-3fa9c1. Sorts by time; where a clock was put back, names differ all the same. */
export const runName = (now: Date, hash: string): string => timedRunName(now, `${hash} ${now.getTime()} ${randomBytes(8).toString("hex")}`);

/** The same with digits of another text. */
export const timedRunName = (at: Date, text: string): string => {
  const time = at
    .toISOString()
    .replace(/[-:]/g, "")
    .replace(/\.\d+Z$/, "Z");
  return `${time}-${createHash("sha256").update(text).digest("hex").slice(0, 6)}`;
};

const mostAttempts = 100;

/**
 * Makes the folder of a new run under a name of its own. Shards that begin at one moment, each as process 1 of its container, may come to one name in one results folder: the first to make it has it.
 * Throws the file system's error.
 */
export const makeRunFolder = (outFolder: string, experiment: string, now: Date, what: string): { readonly run: string; readonly folder: string } => {
  makeFolder(join(outFolder, "results", experiment));
  for (let attempt = 0; ; attempt++) {
    const run = runName(now, attempt === 0 ? what : `${what} ${attempt}`);
    const folder = runFolder(outFolder, experiment, run);
    try {
      mkdirSync(folder);
      return { run, folder };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt >= mostAttempts) throw error;
    }
  }
};

export const runFolder = (outFolder: string, experiment: string, run: string): string => join(outFolder, "results", experiment, run);

/** run.json, replaced whole or not at all. */
export const writeRun = async (folder: string, record: RunRecord): Promise<void> => {
  makeFolder(folder);
  await writeWhole(join(folder, "run.json"), runText(record));
};

/** `JSON.stringify(record, undefined, 1)` and a line's end, a cell at a time: in one piece, thousands of cells are text of tens of megabytes. */
export function* runText(record: RunRecord): Generator<string> {
  // At the start of a line, which no text within JSON has.
  const cells = '\n "cells": [';
  const [before, after] = JSON.stringify({ ...record, cells: [] }, undefined, 1).split(cells);
  yield `${before}${cells}`;
  for (const [i, cell] of record.cells.entries()) yield `${i > 0 ? "," : ""}\n  ${JSON.stringify(cell, undefined, 1).replaceAll("\n", "\n  ")}`;
  yield `${record.cells.length > 0 ? "\n " : ""}${after}\n`;
}

/** A run from its folder or its run.json; of an unfinished one the journal is folded in. Throws UnreadableRun. */
export const readRun = (path: string): { readonly folder: string; readonly record: RunRecord } => {
  if (path === "") throw new UnreadableRun("no run is named: its path is empty");
  const given = kindOf(path);
  if (!given) throw new UnreadableRun(`${path}: no such file or folder`);
  const folder = given.isDirectory() ? path : join(path, "..");
  const file = given.isDirectory() ? join(path, "run.json") : path;
  // A pipe nobody writes to, or a device that has no end, would keep the command for ever.
  if (kindOf(file)?.isFile() === false) throw new UnreadableRun(`${file}: neither a file nor the folder of a run`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === "ENOENT";
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnreadableRun(
      absent ? `${path}: no run.json in it; name the folder of a run, results/<experiment>/<run>` : `${file}: not a run of attnbench (${reason})`,
    );
  }
  const found = typeof parsed === "object" && parsed !== null ? (parsed as { schemaVersion?: unknown }).schemaVersion : undefined;
  if (typeof found === "number" && found !== schemaVersion) throw new UnreadableRun(`${file}: schemaVersion ${found}, this attnbench reads ${schemaVersion}`);
  const flaw = flawOfRun(parsed);
  if (flaw !== undefined) throw new UnreadableRun(`${file}: not a whole run of attnbench: ${flaw}`);
  const record = parsed as RunRecord;
  return { folder, record: record.state === "running" ? foldJournal({ ...record, state: "interrupted" }, journalOf(folder)) : record };
};

/** What lies there, if anything. Throws UnreadableRun where nobody may look, or links lead in a circle. */
const kindOf = (path: string): ReturnType<typeof statSync> => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new UnreadableRun(`${path}: cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
};

const journalOf = (folder: string): readonly JournalLine[] => {
  const file = join(folder, "journal.jsonl");
  try {
    return readJournal(file);
  } catch (error) {
    throw new UnreadableRun(`${file}: cannot be read (${error instanceof Error ? error.message : String(error)}), and what this run measured stands in it`);
  }
};

/** What runName() makes. */
export const namedAsRun = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Between making the folder of a run and locking it lie milliseconds. */
const beginningMs = 10_000;

/** Removes what runs that were killed left behind: folders that had no run.json yet, and locks. */
export const removeLeft = (outFolder: string, experiment: string): void => {
  const parent = join(outFolder, "results", experiment);
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    const folder = join(parent, name);
    if (!namedAsRun.test(name) || !isFolder(folder)) continue;
    if (readdirSync(folder).some((file) => file !== "lock" && !halfEnding.test(file))) {
      removeLeftLock(folder);
      continue;
    }
    // Its lock may be of this very process, which may make several runs at once. Where its owner has ended nobody is about to begin.
    const isOld = Math.abs(Date.now() - statSync(folder).mtimeMs) > beginningMs;
    if (isLeftLocked(folder) || (isOld && lockedBy(folder) === undefined)) rmSync(folder, { recursive: true, force: true });
  }
};

/**
 * Runs of an experiment, newest first, as far as they can be read: one after another, as what is asked of them is asked, since a folder may have more of them than memory has room for. `except`: the
 * name of one that is not read.
 */
export function* listRuns(outFolder: string, experiment: string, except?: string): Generator<{ readonly folder: string; readonly record: RunRecord }> {
  const parent = join(outFolder, "results", experiment);
  if (!existsSync(parent)) return;
  const names = readdirSync(parent).filter((name) => namedAsRun.test(name) && name !== except && isFolder(join(parent, name)));
  for (const name of names.sort().reverse()) {
    const read = readable(join(parent, name));
    if (read) yield read;
  }
}

/** The newest run of an experiment that is of a kind. */
export const newestRun = (outFolder: string, experiment: string, isOf: (record: RunRecord) => boolean): ReturnType<typeof readRun> | undefined => {
  for (const run of listRuns(outFolder, experiment)) if (isOf(run.record)) return run;
  return undefined;
};

const readable = (folder: string): ReturnType<typeof readRun> | undefined => {
  try {
    return readRun(folder);
  } catch {
    return undefined;
  }
};

/** Every experiment that has results here, by name. */
export const listExperiments = (outFolder: string): string[] => {
  const parent = join(outFolder, "results");
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
};
