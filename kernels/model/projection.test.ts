import { describe, expect, it, test } from "vitest";
import { projectionTiles, projectStep } from "./projection.ts";
import { normStep } from "./stages.ts";

const swiftShader = { software: true, lanes: 4 };
const lavapipe = { software: true, lanes: 8 };
const oddEmulation = { software: true, lanes: 0 };
const gpu = { software: false, lanes: 32 };

describe("tiles of a projection", () => {
  it.each([
    [swiftShader, 257, 128, 448, false, { path: "subgroup", rows: 8, vectors: 8, lanes: 4 }],
    [swiftShader, 257, 128, 448, true, { path: "subgroup", rows: 8, vectors: 4, lanes: 4 }],
    // 36 outputs are twice 5 of each lane, and not 8 and then 1.
    [swiftShader, 257, 128, 36, false, { path: "subgroup", rows: 8, vectors: 5, lanes: 4 }],
    [swiftShader, 1, 128, 128, false, { path: "subgroup", rows: 1, vectors: 2, lanes: 4 }],
    [lavapipe, 257, 128, 448, false, { path: "subgroup", rows: 8, vectors: 4, lanes: 8 }],
    [lavapipe, 1, 128, 1, false, { path: "subgroup", rows: 1, vectors: 1, lanes: 8 }],
    [oddEmulation, 257, 128, 448, false, { path: "vector", rows: 4, lanes: 1 }],
    [gpu, 1, 4096, 4096, false, { path: "vector", rows: 1, lanes: 16 }],
    [gpu, 8, 4096, 4096, true, { path: "vector", rows: 4, lanes: 16 }],
    [gpu, 4097, 4096, 4096, false, { path: "workgroup", rows: 128, outputs: 64, rowsEach: 8, outputsEach: 8 }],
    [gpu, 4097, 4096, 4096, true, { path: "workgroup", rows: 128, outputs: 32, rowsEach: 8, outputsEach: 4 }],
    [gpu, 257, 4096, 4096, false, { path: "workgroup", rows: 64, outputs: 64, rowsEach: 4, outputsEach: 8 }],
    [gpu, 17, 4096, 14336, false, { path: "workgroup", rows: 32, outputs: 32, rowsEach: 4, outputsEach: 2 }],
    [gpu, 257, 128, 128, false, { path: "workgroup", rows: 16, outputs: 32, rowsEach: 2, outputsEach: 2 }],
  ] as const)("%o, %d rows of %d to %d, gated %s", (device, rows, inputs, outputs, gated, tiles) => {
    expect(projectionTiles(device, { rows, inputs, outputs, gated })[0]).toEqual(tiles);
  });

  it("fit what every device has", () => {
    for (const rows of [9, 64, 257, 4097])
      for (const outputs of [4, 128, 4096])
        for (const gated of [false, true])
          for (const tiles of projectionTiles(gpu, { rows, inputs: 4096, outputs, gated })) {
            const making = { dtype: "f32", rows, software: false, lanes: 0, most: 65535 } as const;
            const projection = { from: "x", to: "y", weight: "w", inputs: 4096, outputs, ...(gated ? { gate: "g" } : {}) };
            const { wgsl, constants, workgroups } = projectStep(making, "project", projection, tiles);
            if (tiles.path !== "workgroup") continue;
            const { ROWS, OUTPUTS, ROWS_EACH, OUTPUTS_EACH, SLICE } = constants as Record<string, number>;
            const [down, across] = [Number(ROWS) / Number(ROWS_EACH), Number(OUTPUTS) / Number(OUTPUTS_EACH)];
            expect(Number.isInteger(down) && Number.isInteger(across) && down * across <= 256).toBe(true);
            expect((Number(ROWS) + (gated ? 2 : 1) * Number(OUTPUTS)) * (Number(SLICE) + 1) * 16).toBeLessThanOrEqual(16384);
            expect([workgroups[0] * Number(OUTPUTS) >= outputs, workgroups[1] * Number(ROWS) >= rows]).toEqual([true, true]);
            expect(wgsl).not.toContain("#");
          }
  });
});

test("no row of a model waits at a barrier on a CPU emulation", () => {
  const making = { dtype: "f32", rows: 257, most: 65535 } as const;
  const projection = { from: "x", to: "y", weight: "w", inputs: 128, outputs: 448 };
  for (const device of [swiftShader, lavapipe])
    for (const step of [projectStep({ ...making, ...device }, "project", projection), normStep({ ...making, ...device }, "norm", 257, 128, "x", "y", "w")])
      expect(step.wgsl).not.toContain("workgroupBarrier");
  expect(normStep({ ...making, ...gpu }, "norm", 257, 128, "x", "y", "w").wgsl).toContain("workgroupBarrier");
});
