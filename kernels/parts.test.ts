import { describe, expect, it } from "vitest";
import type { Plan, Step } from "./mechanism.ts";
import { partBuffers, partBytes, partedPlan, repeated, submitsOf } from "./parts.ts";
import { bufferBytes, planModules } from "./plan.ts";

const stepOf = (label: string, workgroups: Step["workgroups"], groupFlops?: number): Step => ({
  label,
  wgsl: `@group(0) @binding(0) var<storage, read_write> ${label}: array<u32>;
@compute @workgroup_size(32) fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u) {
  ${label}[(group.z * grid.y + group.y) * grid.x + group.x] += 1u;
}`,
  entryPoint: "main",
  enables: [],
  constants: {},
  bindings: [label],
  workgroups,
  ...(groupFlops === undefined ? {} : { groupFlops }),
});
const planOf = (...steps: Step[]): Plan => ({ buffers: [], setup: [], steps });
const labels = ({ steps }: Pick<Plan, "steps">): string[] => steps.map(({ label }) => label);
/** Labels of each submit. */
const submitted = ({ steps, submits = [] }: Plan): string[] => submits.map((end, i) => labels({ steps: steps.slice(submits[i - 1] ?? 0, end) }).join(" "));
const groups = ({ workgroups: [x, y, z] }: Step): number => x * y * z;

describe("plans in parts", () => {
  it("are as they were where a variant says nothing, and where one submit is enough", () => {
    const plan = planOf(stepOf("a", [5, 2, 3], 10), stepOf("b", [9, 1, 1]));
    expect(partedPlan(plan, {}, 7)).toBe(plan);
    expect(partedPlan(plan, { partFlops: 300 }, 7)).toEqual(plan);
  });

  it.each([
    [[5, 2, 3], 299, 65_535, 2],
    [[5, 2, 3], 100, 65_535, 3],
    [[5, 2, 3], 100, 3, 4],
    [[5, 2, 3], 1, 65_535, 30],
    [[100, 3, 7], 1_000, 9, 26],
    [[100, 3, 7], 2_000, 100, 11],
  ] as const)("dispatch all workgroups of %o of 10 operations each in parts of %i, %i in a row: %i of them", (workgroups, partFlops, most, parts) => {
    const long = stepOf("a", workgroups, 10);
    const plan = partedPlan(planOf(long), { partFlops }, most);
    const dispatches = plan.steps.filter(({ label }) => label === "a");
    const [one] = dispatches;
    if (!one) throw new Error("a is gone");
    expect(submitted(plan)).toEqual(Array.from({ length: parts }, (_, part) => (part === 0 ? "first part a" : "next part a")));
    // One module, and a last part that has something to do.
    expect(new Set(dispatches).size).toBe(1);
    expect(groups(one) * parts).toBeGreaterThanOrEqual(groups(long));
    expect(groups(one) * (parts - 1)).toBeLessThan(groups(long));
    // As even as rows of one length are.
    expect(groups(one) - Math.ceil(groups(long) / parts)).toBeLessThan(one.workgroups[1]);
    expect(Math.max(...one.workgroups)).toBeLessThanOrEqual(most);
    expect(one.bindings).toEqual(["a", "partsBefore"]);
    expect(planModules(plan)).toHaveLength(3);
  });

  it("count from the parts before, in the step's own grid, however large a part is", () => {
    const textOf = (partFlops: number): string | undefined => partedPlan(planOf(stepOf("a", [5, 2, 3], 10)), { partFlops }, 65_535).steps[1]?.wgsl;
    expect(textOf(100)).toMatchInlineSnapshot(`
      "@group(0) @binding(1) var<storage, read> partsBefore: array<u32>; // parts of the grid before this one
      @group(0) @binding(0) var<storage, read_write> a: array<u32>;
      @compute @workgroup_size(32) fn main(@builtin(workgroup_id) foldedGroup: vec3u, @builtin(num_workgroups) foldedGrid: vec3u) {
        let foldedIndex = partsBefore[0] * foldedGrid.x * foldedGrid.y + (foldedGroup.z * foldedGrid.y + foldedGroup.y) * foldedGrid.x + foldedGroup.x;
        if (foldedIndex >= 30u) { return; }
        let foldedPlace = vec3u(foldedIndex % 5u, foldedIndex / 5u % 2u, foldedIndex / 10u);
        let grid = vec3u(5u, 2u, 3u) * min(foldedGrid.x, 1u);
        let group = foldedPlace;
        a[(group.z * grid.y + group.y) * grid.x + group.x] += 1u;
      }"
    `);
    expect(textOf(50)).toBe(textOf(100));
  });

  it("give each submit what it may have of steps that follow one another", () => {
    const [a, b, c, free] = [stepOf("a", [10, 1, 1], 6), stepOf("b", [10, 1, 1], 4), stepOf("c", [25, 1, 1], 10), stepOf("free", [9, 1, 1])];
    expect(submitted(partedPlan(planOf(a, b, free, a, free, c, b, free), { partFlops: 100 }, 65_535))).toEqual([
      "a b free",
      "a free",
      "first part c",
      "next part c",
      "next part c",
      "b free",
    ]);
  });

  it("end submits where the plan ends its own", () => {
    const [a, scan] = [stepOf("a", [1, 1, 1], 1), stepOf("scan", [1, 1, 1])];
    const steps = [a, ...repeated(scan, 3), a];
    expect(submitted(partedPlan({ ...planOf(...steps), ...submitsOf(steps) }, { partFlops: 10 }, 65_535))).toEqual([
      "a",
      "first part scan",
      "next part scan",
      "next part scan",
      "a",
    ]);
    expect(submitsOf([a, scan])).toEqual({});
    expect(submitsOf(repeated(scan, 2))).toEqual({ submits: [2, 4] });
  });

  it("allocate what parts are counted by, and nothing without parts", () => {
    for (const [tiles, bytes] of [
      [{ rows: 3 }, 0],
      [{ rows: 3, partFlops: 10 }, 4],
      [{ partChunks: 3, partFlops: 10 }, 4],
    ] as const) {
      expect(partBytes(tiles)).toBe(bytes);
      expect(partBuffers(tiles).reduce((sum, buffer) => sum + bufferBytes(buffer), 0)).toBe(bytes);
    }
  });
});
