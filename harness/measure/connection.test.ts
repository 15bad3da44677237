import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { UnloadableKernels } from "../../kernels/registry.ts";
import { NoAdapter } from "../device/adapterFacts.ts";
import { adapterCandidates } from "../device/adapters.ts";
import { CellFailure } from "../device/failure.ts";
import type { PlannedCell } from "../experiment/experiment.ts";
import { testAdapter } from "../testAdapter.ts";
import { experimentOf, newFolder } from "../testExperiment.ts";
import { startWorker } from "./childWorker.ts";
import { connector, refuseHiddenGpu } from "./connection.ts";
import { NoTemporaryFolder } from "./shaderCache.ts";

const request = { mode: "timing", kernels: [], memoryBudgetBytes: 2 ** 28 } as const;
const swiftShader = {
  vendor: "google",
  architecture: "swiftshader",
  device: "",
  description: "SwiftShader driver 5.0.0",
  software: true,
  subgroupMinSize: 4,
  subgroupMaxSize: 4,
};

afterEach(() => vi.unstubAllEnvs());

describe("an adapter", () => {
  it("of auto is the embedded one where no Vulkan driver is installed, and what was passed over is told", async () => {
    vi.stubEnv("VK_DRIVER_FILES", "/nonexistent");
    const { worker, hello, choice, passedOver } = await connector("auto", request)();
    await worker.close();
    expect(choice).toBe("embedded");
    expect(hello.facts.description).toContain("SwiftShader");
    expect(passedOver).toEqual([expect.stringContaining("no WebGPU adapter")]);
  });

  it("of auto is refused where the machine shows a GPU that Vulkan does not reach, with the remedy", () => {
    expect(refuseHiddenGpu(swiftShader, ["/dev/nvidia0"])).toBeInstanceOf(NoAdapter);
    expect(refuseHiddenGpu(swiftShader, ["/dev/nvidia0"])?.message).toMatch(/\/dev\/nvidia0[\s\S]*--adapter embedded/);
    expect(refuseHiddenGpu(swiftShader, [])).toBeUndefined();
    expect(refuseHiddenGpu({ ...swiftShader, software: false }, ["/dev/nvidia0"])).toBeUndefined();
  });

  it("that is an old lavapipe is passed over with a word", async () => {
    const [system] = await adapterCandidates("auto");
    expect(system?.refuse({ ...swiftShader, description: "llvmpipe: Mesa 22.3.6 (LLVM 15.0.6)" })).toContain("too old");
    expect(system?.refuse({ ...swiftShader, description: "llvmpipe: Mesa 25.0.7 (LLVM 15.0.6)" })).toBeUndefined();
  });

  it("that is not there ends in one message", async () => {
    vi.stubEnv("VK_DRIVER_FILES", "/nonexistent");
    await expect(connector("lavapipe", request)()).rejects.toThrow(/no lavapipe here: install/);
    await expect(connector("gpu", request)()).rejects.toThrow(/no usable adapter for --adapter gpu/);
  });
});

describe("a place for temporary files that is none", () => {
  it("is what is wrong, and no adapter is blamed for it", async () => {
    const file = join(newFolder(), "file");
    writeFileSync(file, "");
    for (const [place, code] of [
      [file, "ENOTDIR"],
      [join(newFolder(), "nowhere"), "ENOENT"],
    ] as const) {
      vi.stubEnv("TMPDIR", place);
      const refused = connector(testAdapter, request)();
      await expect(refused).rejects.toBeInstanceOf(NoTemporaryFolder);
      await expect(refused).rejects.toThrow(`no temporary files can be made in ${place} (${code} in scandir): name a folder that can be written by TMPDIR`);
    }
  });
});

describe("mechanisms that a worker cannot load", () => {
  it("are what is wrong, and no adapter is tried for them", async () => {
    const folder = newFolder();
    await expect(connector(testAdapter, { ...request, kernels: [folder] })()).rejects.toBeInstanceOf(UnloadableKernels);
    await expect(connector(testAdapter, { ...request, kernels: [folder] })()).rejects.toThrow(/no subfolder has a definition\.js/);
  });

  it("are one cell's matter where a mechanism is not among them, also of a worker of before, which goes on", async () => {
    const { worker } = await connector(testAdapter, request)();
    const { cells } = await experimentOf("name: a\nphase: decode\nmechanisms: [linear]\naxes: { n: [64] }\nfixed: { heads: 2, headDim: 64 }\n");
    const cell = { ...(cells[0] as PlannedCell).cell, mechanism: "echo" };
    const absent = { code: "noFeature", message: "no mechanism echo in this worker" };
    await expect(worker.ask("prepare", { cell, seed: 1, rotateBytes: 0 }, 60_000)).rejects.toMatchObject(absent);
    await worker.close();
    const script = join(newFolder(), "before.mjs");
    writeFileSync(
      script,
      'process.on("message", ({ id }) => process.send({ id, ok: false, error: { name: "Error", message: "no mechanism echo in this worker", stack: "at prepare" } }));\nprocess.on("disconnect", () => process.exit());\n',
    );
    const before = startWorker({ env: {} }, newFolder(), "worker", script);
    await expect(before.ask("prepare", { cell, seed: 1, rotateBytes: 0 }, 60_000)).rejects.toMatchObject(absent);
    expect(before.alive).toBe(true);
    await before.close();
  });
});

describe("a worker process", () => {
  it("that is killed rejects what was asked of it, and one that hangs is killed at its limit", async () => {
    const connect = connector(testAdapter, request);
    const { worker } = await connect();
    const slow = { cell: "nothing", k: 1, samples: 1 };
    await expect(worker.ask("visit", slow, 10_000)).rejects.toThrow(/was not prepared/);
    await expect(worker.ask("hello", { ...request, match: undefined }, 1)).rejects.toMatchObject({ code: "timeout" });
    await expect(worker.ask("visit", slow, 10_000)).rejects.toBeInstanceOf(CellFailure);
    await worker.close();
    expect(worker.alive).toBe(false);
  });
});
