import { expect, it } from "vitest";
import { fakeWorkers } from "../measure/fakeWorker.ts";
import { fakeRun } from "../testExperiment.ts";
import { runText } from "./runFolder.ts";

it("writes the text of a run a cell at a time, and the same as in one piece", async () => {
  const yaml = `name: pieces
title: "cells: [] \\n \\"cells\\": [ \u2028 雪"
phase: decode
mechanisms: [softmax, linear]
axes: { n: [64, 128] }
`;
  const { record } = await fakeRun(yaml, fakeWorkers({ costMs: () => 1 }));
  expect(record.cells).toHaveLength(4);
  for (const cells of [record.cells, record.cells.slice(0, 1), []]) {
    const parts = [...runText({ ...record, cells })];
    expect(parts.join("")).toBe(`${JSON.stringify({ ...record, cells }, undefined, 1)}\n`);
    expect(parts.length).toBe(cells.length + 2);
  }
});
