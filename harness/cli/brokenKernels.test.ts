import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { CellRecord, Environment } from "../record/run.ts";
import { readRun } from "../record/runFolder.ts";
import { testAdapter } from "../testAdapter.ts";
import { attnbench, type Ended, emptyFolder } from "./testCommand.ts";

/**
 * Kernels broken on purpose, loaded from outside with --kernels: verification must name the first wrong element and time nothing. Each takes a
 * built-in mechanism and changes one thing in its WGSL; a change that finds nothing to change throws, so the test cannot pass by accident.
 */
const dist = new URL("../../dist/kernels/", import.meta.url).href;

type Change = readonly [from: string, to: string];
/** Each names its place in both prefill kernels of softmax, by subgroup and by workgroup: which one runs is the adapter's affair. */
const broken: Record<string, { of: "softmax" | "linear"; changes: readonly Change[]; why: RegExp }> = {
  wrongSign: {
    of: "softmax",
    changes: [["* SCALE_LOG2E", "* -SCALE_LOG2E"]],
    why: /^o\[batch 0, token 1, head 0, channel \d+\] is .*, the float64 reference /,
  },
  wrongMask: {
    of: "softmax",
    changes: [["return key > row;", "return key > row + 1u;"]],
    why: /^o\[batch 0, token 0, head 0, channel \d+\] is /,
  },
  unwrittenTail: {
    of: "softmax",
    changes: [
      ["u < tokens) { o[", "u < tokens - 1u) { o["],
      ["if (token < tokens) {\n      let oBase", "if (token < tokens - 1u) {\n      let oBase"],
    ],
    why: /^o\[batch 0, token 99, head 0, channel 0\] is NaN: never written/,
  },
  wrongState: { of: "linear", changes: [["element] = sum;", "element] = sum * 1.01;"]], why: /^state\[batch 0, head 0, key \d+, value \d+\] is / },
};

const definition = (of: string, name: string, changes: readonly Change[]): string => `
import family from ${JSON.stringify(`${dist}${of}/definition.js`)};
const mechanism = family.find(({ name }) => name === ${JSON.stringify(of)});
const changes = ${JSON.stringify(changes)};
const change = (step) => ({ ...step, wgsl: changes.reduce((text, [from, to]) => text.replaceAll(from, to), step.wgsl) });
export default [{
  ...mechanism,
  name: ${JSON.stringify(name)},
  plan: (...request) => {
    const plan = mechanism.plan(...request);
    const steps = plan.steps.map(change);
    if (steps.every(({ wgsl }, i) => wgsl === plan.steps[i].wgsl)) throw new Error("nothing to break in " + plan.steps.map(({ label }) => label).join(", "));
    return { ...plan, steps };
  },
}];
`;

const miscounted = `
import family from ${JSON.stringify(`${dist}linear/definition.js`)};
const mechanism = family.find(({ name }) => name === "linear");
export default [{ ...mechanism, name: "miscounted", bytesByRole: (...request) => ({ ...mechanism.bytesByRole(...request), state: 4 }) }];
`;

const names = [...Object.keys(broken), "miscounted"];
const yaml = `name: broken
title: Kernels broken on purpose
phase: prefill
mechanisms: [linear, ${names.join(", ")}]
axes: { n: [100] }
fixed: { heads: 2, headDim: 64 }
measure: { precision: 50%, maxTime: 20s }
`;

describe("a broken kernel", () => {
  let ended: Ended;
  let cells: readonly CellRecord[];
  let environment: Environment;
  beforeAll(async () => {
    const folder = emptyFolder();
    for (const [name, { of, changes }] of Object.entries(broken)) {
      mkdirSync(join(folder, "kernels", name), { recursive: true });
      writeFileSync(join(folder, "kernels", name, "definition.mjs"), definition(of, name, changes));
    }
    mkdirSync(join(folder, "kernels/miscounted"));
    writeFileSync(join(folder, "kernels/miscounted/definition.mjs"), miscounted);
    writeFileSync(join(folder, "broken.yaml"), yaml);
    ended = await attnbench(["run", "broken.yaml", "--kernels", "kernels", "--adapter", testAdapter], folder);
    const [run = ""] = readdirSync(join(folder, "results/broken"));
    ({ cells, environment } = readRun(join(folder, "results/broken", run)).record);
  });

  it("is recorded by a hash of all that the folder holds", () =>
    expect(environment.kernels).toEqual([{ name: "kernels", hash: expect.stringMatching(/^[0-9a-f]{16}$/) }]));

  it("makes the run exit with 1 and leaves the right kernels measured", () => {
    expect(ended.code).toBe(1);
    expect(cells.find(({ mechanism }) => mechanism === "linear")).toMatchObject({ outcome: { status: "ok" }, summary: { medianMs: expect.any(Number) } });
  });

  for (const [name, { why }] of Object.entries(broken)) {
    it(`${name}: is named with the first wrong element, its value and the reference, and has no time`, () => {
      const cell = cells.find(({ mechanism }) => mechanism === name);
      expect(cell).toMatchObject({ outcome: { status: "failed", code: "wrongOutput", reason: expect.stringMatching(why) }, visits: [] });
      expect(cell?.summary).toBeUndefined();
      expect(ended.stderr).toContain(`FAILED ${cell?.id}: wrongOutput: `);
    });
  }

  it("miscounted: a closed form that differs from what was allocated fails the cell", () => {
    expect(cells.find(({ mechanism }) => mechanism === "miscounted")).toMatchObject({
      outcome: { status: "failed", code: "ledgerMismatch", reason: "role state: 32768 bytes were allocated, the closed form says 4" },
      visits: [],
    });
  });
});
