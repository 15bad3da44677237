import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { leastDevice } from "../../kernels/leastDevice.ts";
import type { Capabilities } from "../../kernels/mechanism.ts";
import { bufferBytes } from "../../kernels/plan.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import type { PlannedCell, Serving } from "../experiment/experiment.ts";
import { parseExperiments } from "../experiment/parse.ts";
import { roomOf } from "./room.ts";

const mechanisms = await loadMechanisms(builtInKernels);
const gib = 2 ** 30;

/** SwiftShader's. */
const embedded: Capabilities = {
  ...leastDevice,
  subgroups: true,
  subgroupMinSize: 4,
  subgroupMaxSize: 4,
  software: true,
  maxComputeWorkgroupStorageSize: 16384,
  maxStorageBufferBindingSize: gib,
  maxBufferSize: gib,
};
const gpu: Capabilities = {
  ...embedded,
  subgroupMinSize: 32,
  subgroupMaxSize: 32,
  software: false,
  maxStorageBufferBindingSize: 64 * gib,
  maxBufferSize: 64 * gib,
};

const plan = (text: string): readonly PlannedCell[] => {
  const { experiments, problems } = parseExperiments({ text, file: "a.yaml", sets: [] }, mechanisms);
  expect(problems).toEqual([]);
  return experiments.flatMap(({ cells }) => cells);
};
const rooms = (cells: readonly PlannedCell[], serving: Serving, capabilities: Capabilities) =>
  roomOf(serving, cells, mechanisms, capabilities).map((room) => {
    const label = cells.find(({ cell }) => cell.id === room.like)?.cell.label ?? "";
    return { label, ...room };
  });

/** Bytes of all buffers of the plan itself, and its largest. */
const allocated = (cells: readonly PlannedCell[], like: string, n: number, batch: number, capabilities: Capabilities) => {
  const cell = cells.find((one) => one.cell.id === like)?.cell;
  const mechanism = mechanisms.find(({ name }) => name === cell?.mechanism);
  if (!cell || !mechanism) throw new Error(`no ${like}`);
  const shape = { ...cell, n, batch };
  const sizes = mechanism.plan(shape, cell.form, capabilities, mechanism.tiles(shape, cell.form, capabilities)[0] ?? {}).buffers.map(bufferBytes);
  return { all: sizes.reduce((sum, size) => sum + size, 0), largest: Math.max(...sizes) };
};

describe("room for texts", () => {
  it("is what the memory and a limit of the embedded adapter leave to experiments/serving.yaml", () => {
    const cells = plan(readFileSync("experiments/serving.yaml", "utf8"));
    const memoryBytes = 8 * gib;
    const found = rooms(cells, { memoryBytes, n: [1024, 65_536] }, embedded);
    expect(found.map(({ label, n, batch, memoryBatch, limit }) => [label, n, batch, memoryBatch, limit])).toEqual([
      ["no cache", 1024, 1169, 2104, expect.stringContaining("1074528000 bytes for hidden, maxStorageBufferBindingSize")],
      ["no cache", 65_536, 18, 32, expect.stringContaining("1115701888 bytes for hidden, maxStorageBufferBindingSize")],
      ["KV cache", 1024, 2038, 2038, undefined],
      ["KV cache", 65_536, 31, 31, undefined],
      ["linear", 1024, 16_384, 31_297, expect.stringContaining("1073807360 bytes for state, maxStorageBufferBindingSize")],
      ["linear", 65_536, 16_384, 31_297, expect.stringContaining("1073807360 bytes for state, maxStorageBufferBindingSize")],
      ["hybrid 3:1", 1024, 2046, 6796, expect.stringContaining("1074265600 bytes for kCache, maxStorageBufferBindingSize")],
      ["hybrid 3:1", 65_536, 31, 127, expect.stringContaining("1073758208 bytes for kCache, maxStorageBufferBindingSize")],
    ]);
    // As the plan's own buffers have it: these fit, and one text more does not.
    for (const { like, n, batch, bytes, memoryBatch, limit } of found) {
      if (batch === 0) continue;
      expect(allocated(cells, like, n, batch, embedded).all).toBe(bytes);
      expect(allocated(cells, like, n, memoryBatch, embedded).all).toBeLessThanOrEqual(memoryBytes);
      expect(allocated(cells, like, n, memoryBatch + 1, embedded).all).toBeGreaterThan(memoryBytes);
      expect(allocated(cells, like, n, batch, embedded).largest).toBeLessThanOrEqual(gib);
      if (limit?.includes("maxStorageBufferBindingSize")) expect(allocated(cells, like, n, batch + 1, embedded).largest).toBeGreaterThan(gib);
    }
  });

  it("is the largest of all batches, tried one by one, where bytes step with the batch", () => {
    const cells = plan(
      "name: a\nphase: decode\nmechanisms: [softmax, { use: softmax, label: window, window: 64 }, linear]\naxes: { n: [64], batch: [1, 2, 4], heads: [1, 2] }\nfixed: { headDim: 64 }\n",
    );
    for (const capabilities of [embedded, gpu]) {
      const found = rooms(cells, { memoryBytes: 3_000_000, n: [100, 700] }, capabilities);
      expect(found).toHaveLength(12);
      for (const { like, n, batch, memoryBatch, bytes } of found) {
        const all = Array.from({ length: 300 }, (_, i) => allocated(cells, like, n, i + 1, capabilities).all);
        expect(batch).toBe(all.findLastIndex((one) => one <= 3_000_000) + 1);
        expect(memoryBatch).toBe(batch);
        expect(bytes).toBe(all[batch - 1] ?? 0);
      }
      expect(new Set(found.map(({ exactBytes }) => exactBytes))).toContain(true);
    }
  });

  it("ends where an experiment has no room for more, and not where heads are more than workgroups in a row", () => {
    const cells = plan("name: a\nphase: decode\nmechanisms: [linear]\naxes: { n: [64], batch: [1, 2, 4] }\nfixed: { heads: 8, headDim: 16 }\n");
    const [most] = rooms(cells, { memoryBytes: 2 ** 40, n: [64] }, gpu);
    expect(most).toMatchObject({ batch: 65_536, limit: "batch 65537: 65536 at most" });
    const [none] = rooms(cells, { memoryBytes: 100, n: [64] }, gpu);
    expect(none).toMatchObject({ batch: 0, memoryBatch: 0, bytes: 0 });
    expect(none).not.toHaveProperty("limit");
    const [refused] = rooms(cells, { memoryBytes: gib, n: [64] }, { ...gpu, maxBufferSize: 100 });
    expect(refused).toMatchObject({ batch: 0, bytes: 0, limit: expect.stringContaining("maxBufferSize of this device is 100") });
  });

  it("is of arms that keep nothing too, and of no other runtime", () => {
    const model = "model: { layers: 1, width: 64, vocab: 256, feedForward: 128 }";
    const cells = plan(
      `name: a\nphase: tokenLoop\n${model}\nmechanisms: [linear, { use: softmax, form: recompute, label: no cache }]\naxes: { n: [64], batch: [1, 2, 4] }\n`,
    );
    expect(rooms(cells, { memoryBytes: gib, n: [64] }, gpu).map(({ label }) => label)).toEqual(["linear", "no cache"]);
    const peers = plan("name: a\nphase: decode\nmechanisms: [softmax, { use: softmax, runtime: ort }]\naxes: { n: [64], batch: [1, 2, 4] }\n");
    expect(rooms(peers, { memoryBytes: gib, n: [64] }, gpu).map(({ label }) => label)).toEqual(["softmax"]);
  });
});
