/** What stands behind a number and belongs to it: units, and what is counted. */
const units = [
  "%",
  "ns",
  "µs",
  "ms",
  "s",
  "min",
  "B",
  "[KMGT]i?B",
  "kB",
  "[MGT]B/s",
  "GFLOP/s",
  "FLOPs?",
  "tokens?",
  "tokens?/s",
  "times",
  "texts?",
  "cells?",
].join("|");

const beforeUnit = new RegExp(`(?<=\\d) (?=(?:${units})(?![\\p{L}\\p{N}/]))`, "gu");
/** In Chinese text what follows a number is its measure word; "float64" is no number. */
const beforeMeasure = /(?<=(?:^|[^\p{L}\p{N}.,])[\d.,]*\d) (?=\p{Script=Han})/gu;
const beforeSign = / (?=[=<>≤≥] -?\d)/g;
/** Sizes of a shape, as experiments name them: "headDim 64". */
const behindSize = /(?<=(?:^|[^\p{L}\p{N}.])(?:headDimV?|dModel|heads|kvHeads|batch|chunk)) (?=\d)/gu;
const behindSign = /(?<=[=<>≤≥≈±÷×]) (?=-?\d)/g;

/** `text` with no line ending between a number and its unit, sign or size: "95 %", "n = 512", "132 个", "headDim 64". Of what readers see; files and commands keep plain spaces. */
export const unbroken = (text: string): string =>
  text.includes(" ")
    ? text
        .replace(beforeUnit, "\u00a0")
        .replace(beforeMeasure, "\u00a0")
        .replace(beforeSign, "\u00a0")
        .replace(behindSign, "\u00a0")
        .replace(behindSize, "\u00a0")
    : text;
