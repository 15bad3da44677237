import { writeFileSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import { stringify } from "yaml";
import { CommandEnd, type ExitCode, exitCode } from "../exit.ts";
import { shellPath } from "../shellWord.ts";
import { say } from "../terminal.ts";

const starter = (name: string): string => `# yaml-language-server: $schema=./node_modules/attnbench/dist/experiment.schema.json
# $schema: ./node_modules/attnbench/dist/experiment.schema.json
name: ${stringify(name).trim()}
title: What one more token costs
question: Does the next token cost more, the more came before it?
phase: decode # prefill: n tokens at once. decode: one token with n of context. generate: n tokens one by one.
mechanisms: [softmax, linear] # attnbench list shows them all
axes:
  n: { from: 256, factor: 2, until: { cell: 1s, memory: 50% } } # as far as this device goes; or a list: [256, 512, 1024]
fixed: { heads: 8, headDim: 64, batch: 1, dtype: f32 }
measure: { precision: 5%, maxTime: 60s, seed: 1 } # precision: half-width of the 95 % interval / median
expect: ["linear.stateBytes is O(1)", "softmax.stateBytes is O(n)"] # checked at the end; exit 3 if one fails
`;

const unwrittenText = (file: string, name: string, { code, message }: NodeJS.ErrnoException): string => {
  if (file === "") return "no file is named: its name is empty, e.g. attnbench init decode.yaml";
  if (code === "EEXIST") return `${file} exists already: name another file, e.g. attnbench init ${name}2.yaml`;
  return code === "ENOENT" ? `${file} cannot be written: there is no folder ${dirname(file)}` : `${file} cannot be written: ${message}`;
};

/** `attnbench init [FILE]`: a commented experiment to start from. Never overwrites. */
export const init = async (file: string): Promise<ExitCode> => {
  const name =
    basename(file, extname(file))
      .replace(/[^A-Za-z0-9-]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .replace(/^(?:index|sample)$/i, "my-$&") || "experiment";
  try {
    writeFileSync(file, starter(name), { flag: "wx" });
  } catch (error) {
    throw new CommandEnd(exitCode.usage, unwrittenText(file, name, error as NodeJS.ErrnoException));
  }
  say(`wrote ${file}; run it with: attnbench run ${shellPath(file)}`);
  return exitCode.ok;
};
