import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInKernels } from "../../../kernels/builtIn.ts";
import { loadMechanisms } from "../../../kernels/registry.ts";
import { CellFailure } from "../../device/failure.ts";
import type { Cell } from "../../experiment/experiment.ts";
import { parseExperiment } from "../../experiment/parse.ts";
import { runtimes } from "../../experiment/runtimes.ts";
import { testAdapter } from "../../testAdapter.ts";
import { fakeRun } from "../../testExperiment.ts";
import { type Connection, connector } from "../connection.ts";
import type { OnnxModel } from "./onnx.ts";
import { loadOnnxRuntime } from "./onnxRuntime.ts";
import { peerConnector } from "./peerConnector.ts";

/**
 * With the optional package: npm run test:peers. Without it this file fails at once, with the command that installs it.
 */
await loadOnnxRuntime();

const request = { mode: "timing", kernels: [], memoryBudgetBytes: 2 ** 28 } as const;
const mechanisms = await loadMechanisms(builtInKernels);
const askMs = 120_000;
let own: Connection;
let peer: Connection;

beforeAll(async () => {
  own = await connector(testAdapter, request)();
  peer = await peerConnector(request)("ort", own);
}, askMs);
afterAll(async () => {
  await peer?.worker.close();
  await own?.worker.close();
});

const cellsOf = (arm: string, phase: string, n: number, more = "heads: 2, headDim: 16"): Cell => {
  const text = `name: peer\nphase: ${phase}\nmechanisms: [{ use: ${arm}, runtime: ort }]\naxes: { n: [${n}] }\nfixed: { ${more} }\n`;
  const [planned] = parseExperiment({ text, file: "peer.yaml", sets: [] }, mechanisms).cells ?? [];
  if (!planned || planned.skip) throw new Error(planned?.skip?.reason ?? text);
  return planned.cell;
};

const prepare = (cell: Cell) => peer.worker.ask("prepare", { cell, seed: 5, rotateBytes: 0 }, askMs);

describe("a peer", () => {
  it("says its version and the adapter that is there for it, which is ours", () => {
    expect(peer.hello.version).toBe(runtimes.ort.package);
    expect(peer.hello.facts).toEqual(own.hello.facts);
    expect(peer.hello.clock.source).toBe("wall");
  });

  for (const phase of runtimes.ort.phases) {
    for (const name of runtimes.ort.mechanisms) {
      // Fewer than 32 tokens keep off the flash kernel, which is wrong here, see below.
      for (const [n, sizes] of [
        [13, "heads: 2, headDim: 16"],
        [7, "heads: 3, headDim: 64, batch: 2"],
      ] as const) {
        it(
          `computes ${name} ${phase} of n = ${n} as the float64 reference says`,
          async () => {
            const cell = cellsOf(name, phase, n, sizes);
            const { maxError, tolerance, tiles, together, bytesByRole, verifiedRows } = await prepare(cell);
            expect(maxError).toBeLessThan(tolerance);
            expect(verifiedRows).toBeGreaterThan(0);
            expect(tiles).toMatchObject({ operator: expect.stringContaining("Attention"), chained: together });
            expect(bytesByRole).toBeUndefined();
            const { gpuMs, wallMs } = await peer.worker.ask("visit", { cell: cell.id, k: together ?? 1, samples: 3 }, askMs);
            expect(gpuMs).toEqual([]);
            expect(wallMs.every((ms) => ms > 0)).toBe(true);
            await peer.worker.ask("evict", { cell: cell.id }, askMs);
          },
          askMs,
        );
      }
    }
  }

  it(
    "shares keys and values among heads",
    async () => {
      const { maxError, tolerance, tiles } = await prepare(cellsOf("softmax", "decode", 40, "heads: 4, kvHeads: 2, headDim: 16"));
      expect(maxError).toBeLessThan(tolerance);
      expect(tiles.operator).toBe("GroupQueryAttention");
    },
    askMs,
  );

  it(
    "that is wrong is said to be wrong: its flash kernel, where a subgroup has 4 or 8 lanes",
    async () => {
      const prepared = await prepare(cellsOf("softmax", "prefill", 64)).catch((error: unknown) => error);
      if (own.hello.capabilities.subgroupMaxSize > 8) {
        expect(prepared).toMatchObject({ tiles: { operator: expect.stringContaining("Attention") } });
        return;
      }
      expect(prepared).toBeInstanceOf(CellFailure);
      expect(prepared).toMatchObject({ code: "wrongOutput", message: expect.stringMatching(/^o\[batch 0, token \d+, .* the float64 reference/) });
    },
    askMs,
  );

  it(
    "gives up sessions beyond its memory, and makes them again",
    async () => {
      const small = await peerConnector({ ...request, memoryBudgetBytes: 2 ** 20 })("ort", own);
      const cells = [200, 300].map((n) => cellsOf("linear", "prefill", n, "heads: 4, headDim: 64"));
      for (const cell of cells) await small.worker.ask("prepare", { cell, seed: 5, rotateBytes: 0 }, askMs);
      for (const cell of [...cells, ...cells]) {
        const { wallMs } = await small.worker.ask("visit", { cell: cell.id, k: 1, samples: 1 }, askMs);
        expect(wallMs[0]).toBeGreaterThan(0);
      }
      await small.worker.close();
    },
    askMs,
  );

  it("has no way to rotate what it reads", async () => {
    const asked = peer.worker.ask("prepare", { cell: cellsOf("linear", "decode", 8), seed: 1, rotateBytes: 1000 }, askMs);
    await expect(asked).rejects.toMatchObject({ code: "noFeature", message: expect.stringContaining("cache: hot") });
  });
});

/** Opens a model in a process of its own, in the environment in which our adapter was found; what it is refused with. */
const refusalOf = async (model: OnnxModel): Promise<string> => {
  const file = fileURLToPath(new URL("../../../dist/onnxRuntime.test.mjs", import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL("./onnxRuntime.ts", import.meta.url))],
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
  });
  const script = `
    import { loadOnnxRuntime } from ${JSON.stringify(pathToFileURL(file).href)};
    const { tensors, ...model } = ${JSON.stringify(model)};
    const opening = (await loadOnnxRuntime()).open({ ...model, tensors: tensors.map((one) => ({ ...one, data: Float32Array.from(Object.values(one.data)) })) });
    console.log(await opening.then(() => "opened", (error) => error.code + ": " + error.message));
    process.exit(0);`;
  const env = { ...process.env, ...own.candidate.env };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { env });
  rmSync(file);
  return stdout;
};

describe("a model written by hand", () => {
  const determinant: OnnxModel = {
    nodes: [{ operator: "Det", domain: "", inputs: ["matrix"], outputs: ["determinant"], attributes: {} }],
    tensors: [{ name: "matrix", dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
    outputs: [{ name: "determinant", dims: [] }],
  };

  it("that needs an operator without a WebGPU kernel is refused, not computed on the CPU", async () => {
    expect(await refusalOf(determinant)).toMatch(/^compileError: .* has no WebGPU kernel for Det here and would compute it on the CPU/);
  });

  it("that is none is refused with what ONNX Runtime says", async () => {
    const nonsense = { ...determinant, nodes: determinant.nodes.map((node) => ({ ...node, operator: "Nonsense" })) };
    expect(await refusalOf(nonsense)).toMatch(/^compileError: .*Nonsense/);
  });
});

describe("a run beside a peer", () => {
  it(
    "gives ratios of wall time, in turns that both were visited in",
    async () => {
      const text = `
name: beside
phase: decode
mechanisms: [linear, { use: linear, runtime: ort }]
axes: { n: [64] }
fixed: { heads: 2, headDim: 64 }
measure: { maxTime: 20s }
`;
      const workers = { connect: connector(testAdapter, request), now: () => performance.now(), log: [] };
      const { record } = await fakeRun(text, workers, { connectPeer: peerConnector(request) });
      expect(record.cells.map(({ outcome }) => outcome.status)).toEqual(["ok", "ok"]);
      expect(record.peerRatios).toMatchObject([{ labels: ["linear", "linear (ort)"], note: undefined }]);
      const { value = 0, low = 0, high = 0 } = record.peerRatios?.[0]?.ratio ?? {};
      expect(low).toBeGreaterThan(0);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      expect(record.environment.peers?.ort).toEqual({ version: runtimes.ort.package, adapter: own.hello.facts.description });
    },
    askMs,
  );
});
