import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import type { Mechanism } from "../../kernels/mechanism.ts";
import { joinMechanisms, loadMechanisms } from "../../kernels/registry.ts";
import type { FailureCode } from "../device/failure.ts";
import { parseExperiment } from "../experiment/parse.ts";
import { formatProblem } from "../experiment/problem.ts";
import { runExperiment } from "../runExperiment.ts";
import { testAdapter } from "../testAdapter.ts";
import { newFolder } from "../testExperiment.ts";
import { connector } from "./connection.ts";
import { createSession } from "./workerSession.ts";

/**
 * What may happen to a device, made to happen in a real worker: by kernels from outside, which run in its process, and by a module that is loaded before it. Each is one
 * outcome with its code, and costs one cell.
 */
const definition = new URL("../../dist/kernels/linear/definition.js", import.meta.url).href;

/** Wraps what the worker's WebGPU does at the next buffer of a mechanism, whose `inputs` are made just before. */
const kernels = `
import { existsSync, writeFileSync } from "node:fs";
import family from ${JSON.stringify(definition)};
const linear = family.find(({ name }) => name === "linear");
const changed = (change) => (...request) => {
  const plan = linear.plan(...request);
  return { ...plan, steps: plan.steps.map((step) => ({ ...step, wgsl: change(step.wgsl) })) };
};
const atNextBuffer = (happens) => (...request) => {
  const createBuffer = GPUDevice.prototype.createBuffer;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    GPUDevice.prototype.createBuffer = createBuffer;
    happens(this);
    return createBuffer.call(this, descriptor);
  };
  return linear.inputs(...request);
};
export default [
  { ...linear, name: "destroyed", inputs: atNextBuffer((device) => device.destroy()) },
  { ...linear, name: "killed", inputs: () => process.kill(process.pid, "SIGKILL") },
  { ...linear, name: "struck", inputs: (...request) => {
      const struck = new URL("struck", import.meta.url);
      if (existsSync(struck)) return linear.inputs(...request);
      writeFileSync(struck, "");
      process.kill(process.pid, "SIGKILL");
    } },
  { ...linear, name: "full", inputs: atNextBuffer(() => {
      const popErrorScope = GPUDevice.prototype.popErrorScope;
      GPUDevice.prototype.popErrorScope = async function () {
        GPUDevice.prototype.popErrorScope = popErrorScope;
        await popErrorScope.call(this);
        return new GPUOutOfMemoryError("there is no room");
      };
    }) },
  { ...linear, name: "misspelt", plan: changed((wgsl) => wgsl.replace("fn main(", "fn mian(").replace(/let /, "lett ")) },
  { ...linear, name: "endless", plan: changed((wgsl) =>
      wgsl.replace(/(@compute[\\s\\S]*?fn main\\([\\s\\S]*?\\)\\s*\\{)/, "$1 loop { state[0] = state[0] + state[0]; if (arrayLength(&state) == 0u) { break; } }")) },
  { ...linear, name: "unwritten", plan: changed((wgsl) => wgsl.replaceAll(/\\bo\\[[^\\]]*\\] = /g, "let unwritten = ")) },
  { ...linear, name: "throwing", inputs: () => { throw new TypeError("a mistake of the mechanism's own"); } },
];
`;

const expected: Record<string, { code: FailureCode; reason: RegExp }> = {
  destroyed: { code: "deviceLost", reason: /destroyed/i },
  killed: { code: "deviceLost", reason: /^the worker ended: signal SIGKILL/ },
  full: { code: "outOfMemory", reason: /^buffer \w+ of \d+ bytes: there is no room$/ },
  misspelt: { code: "compileError", reason: /\d+:\d+ .*lett/ },
  unwritten: { code: "wrongOutput", reason: /^o\[batch 0, token 0, .*\] is NaN: never written/ },
  throwing: { code: "workerError", reason: /^a mistake of the mechanism's own \(at / },
};

const request = { mode: "timing", memoryBudgetBytes: 2 ** 28 } as const;
let folder: string;
let mechanisms: readonly Mechanism[];
beforeAll(async () => {
  folder = join(newFolder(), "kernels");
  mkdirSync(join(folder, "faults"), { recursive: true });
  writeFileSync(join(folder, "faults/definition.mjs"), kernels);
  mechanisms = joinMechanisms(await loadMechanisms(builtInKernels), await loadMechanisms(folder));
});
afterEach(() => vi.unstubAllEnvs());

const planned = (names: readonly string[]) => {
  const text = `
name: faults
title: What happens to a device
phase: decode
mechanisms: [${names.join(", ")}]
axes: { n: [64] }
fixed: { heads: 2, headDim: 64 }
measure: { precision: 50%, maxTime: 60s }`;
  const { experiment, cells, problems } = parseExperiment({ text, file: "faults.yaml", sets: [] }, mechanisms);
  if (!experiment) throw new Error(problems.map(formatProblem).join("\n"));
  return { experiment, cells };
};

describe("what happens to a device", () => {
  it("is one outcome with its code, costs one cell, and the run goes on", async () => {
    const names = [...Object.keys(expected), "struck", "linear"];
    const controller = new AbortController();
    const { record } = await runExperiment({
      ...planned(names),
      mechanisms,
      connect: connector(testAdapter, { ...request, kernels: [folder] }),
      adapter: testAdapter,
      command: "test",
      outFolder: newFolder(),
      resume: false,
      signal: controller.signal,
      // More turns say no more of it.
      onProgress: (step) => {
        if (step.type === "cell" && step.done === names.length) controller.abort();
      },
    });
    for (const [mechanism, { code, reason }] of Object.entries(expected)) {
      const cell = record.cells.find((candidate) => candidate.mechanism === mechanism);
      expect(cell).toMatchObject({ outcome: { status: "failed", code, reason: expect.stringMatching(reason) }, visits: [] });
    }
    expect(record.cells.find(({ mechanism }) => mechanism === "linear")).toMatchObject({
      outcome: { status: "ok" },
      summary: { medianMs: expect.any(Number) },
    });
    // A worker that is killed once, by whomever: the next one does what it could not.
    expect(record.cells.find(({ mechanism }) => mechanism === "struck")).toMatchObject({
      outcome: { status: "ok" },
      losses: [{ reason: expect.stringMatching(/^the worker ended: signal SIGKILL/) }],
    });
  });

  it("a kernel that never ends is killed at its limit with its worker, and the next worker is none the worse", async () => {
    const connect = connector(testAdapter, { ...request, kernels: [folder] });
    const session = createSession(connect, 0);
    const { cells } = planned(["endless", "linear"]);
    const [endless, linear] = cells.map(({ cell }) => ({ cell, seed: 1, rotateBytes: 0 }));
    if (!endless || !linear) throw new Error("two cells are planned");
    await expect(session.ask("prepare", endless, 1500)).rejects.toMatchObject({
      code: "timeout",
      message: "prepare took longer than 2 s; the worker was killed",
    });
    expect((await session.ask("prepare", linear, 30_000)).maxError).toBeLessThan(1e-4);
    expect(session.index).toBe(1);
    await session.close();
  });

  it("a device without timestamps is timed by the wall clock, and says so", async () => {
    const module = join(folder, "withoutTimestamps.mjs");
    const webgpu = pathToFileURL(createRequire(import.meta.url).resolve("webgpu")).href;
    writeFileSync(
      module,
      `import { globals } from ${JSON.stringify(webgpu)};
const { requestAdapter } = globals.GPU.prototype;
globals.GPU.prototype.requestAdapter = async function (...request) {
  const adapter = await requestAdapter.apply(this, request);
  return new Proxy(adapter, { get: (of, name) => {
    if (name === "features") return new Set([...of.features].filter((feature) => feature !== "timestamp-query"));
    return typeof of[name] === "function" ? of[name].bind(of) : of[name];
  } });
};
`,
    );
    vi.stubEnv("NODE_OPTIONS", `--import=${module}`);
    const { worker, hello } = await connector(testAdapter, { ...request, kernels: [] })();
    expect(hello.features).not.toContain("timestamp-query");
    expect(hello.clock.source).toBe("wall");
    const [{ cell } = { cell: undefined }] = planned(["linear"]).cells;
    if (!cell) throw new Error("one cell is planned");
    const prepared = await worker.ask("prepare", { cell, seed: 1, rotateBytes: 0 }, 30_000);
    const times = await worker.ask("visit", { cell: cell.id, k: 3, samples: 2 }, 30_000);
    await worker.close();
    expect(prepared.estimateMs).toBeGreaterThan(0);
    expect(times.gpuMs).toEqual([]);
    expect(times.wallMs).toHaveLength(2);
    expect(Math.min(...times.wallMs)).toBeGreaterThan(0);
  });
});
