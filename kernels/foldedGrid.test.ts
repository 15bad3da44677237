import { describe, expect, it } from "vitest";
import { foldedPlan } from "./foldedGrid.ts";
import type { Step } from "./mechanism.ts";

const stepOf = (workgroups: Step["workgroups"], wgsl: string): Step => ({
  label: "a step",
  wgsl,
  entryPoint: "main",
  enables: [],
  constants: { THREADS: 32 },
  bindings: ["a"],
  workgroups,
});
const byGroup =
  "@compute @workgroup_size(THREADS)\nfn main(\n  @builtin(workgroup_id) group: vec3u,\n  @builtin(local_invocation_index) thread: u32,\n) {\n  a[group.x] = thread;\n}";
const byId = "@compute @workgroup_size(THREADS)\nfn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) { a[id.x] = grid.x; }";
const folded = (step: Step, most: number): Step => foldedPlan({ buffers: [], setup: [step], steps: [] }, most).setup[0] as Step;

describe("folded grids", () => {
  it.each<[Step["workgroups"], Step["workgroups"]]>([
    [
      [8, 1, 1],
      [7, 2, 1],
    ],
    [
      [1, 1, 8],
      [7, 2, 1],
    ],
    [
      [3, 100, 1],
      [7, 7, 7],
    ],
    [
      [2, 25, 2],
      [7, 5, 3],
    ],
  ])("%o has room in %o of 7 at most", (given, fitting) => {
    const { workgroups } = folded(stepOf(given, byGroup), 7);
    expect(workgroups).toEqual(fitting);
    expect(workgroups[0] * workgroups[1] * workgroups[2]).toBeGreaterThanOrEqual(given[0] * given[1] * given[2]);
  });

  it("leaves steps that fit as they are, and steps that are one object one", () => {
    const [small, wide] = [stepOf([7, 7, 7], byGroup), stepOf([8, 1, 1], byGroup)];
    const { setup, steps } = foldedPlan({ buffers: [], setup: [wide], steps: [small, wide, wide] }, 7);
    expect(steps[0]).toBe(small);
    expect(steps[1]).not.toBe(wide);
    expect(steps[1]).toBe(setup[0]);
    expect(steps[2]).toBe(setup[0]);
  });

  it("finds a workgroup's place by counting, and an invocation's by its workgroup", () => {
    expect(folded(stepOf([8, 3, 2], byGroup), 7).wgsl).toMatchInlineSnapshot(`
      "@compute @workgroup_size(THREADS)
      fn main(@builtin(workgroup_id) foldedGroup: vec3u, @builtin(num_workgroups) foldedGrid: vec3u, @builtin(local_invocation_index) thread: u32) {
        let foldedIndex = (foldedGroup.z * foldedGrid.y + foldedGroup.y) * foldedGrid.x + foldedGroup.x;
        if (foldedIndex >= 48u) { return; }
        let foldedPlace = vec3u(foldedIndex % 8u, foldedIndex / 8u % 3u, foldedIndex / 24u);
        let group = foldedPlace;
        a[group.x] = thread;
      }"
    `);
    expect(folded(stepOf([8, 3, 2], byId), 7).wgsl).toMatchInlineSnapshot(`
      "@compute @workgroup_size(THREADS)
      fn main(@builtin(workgroup_id) foldedGroup: vec3u, @builtin(num_workgroups) foldedGrid: vec3u, @builtin(local_invocation_index) foldedThread: u32) {
        let foldedIndex = (foldedGroup.z * foldedGrid.y + foldedGroup.y) * foldedGrid.x + foldedGroup.x;
        if (foldedIndex >= 48u) { return; }
        let foldedPlace = vec3u(foldedIndex % 8u, foldedIndex / 8u % 3u, foldedIndex / 24u);
        let grid = vec3u(8u, 3u, 2u) * min(foldedGrid.x, 1u);
        let id = vec3u(foldedPlace.x * (THREADS) + foldedThread, foldedPlace.yz); a[id.x] = grid.x; }"
    `);
  });

  it("refuses invocations that are numbered along two dimensions", () => {
    const square = stepOf([8, 1, 1], byId.replace("THREADS", "8, 8"));
    expect(() => folded(square, 7)).toThrow("a step: invocations of a folded grid are numbered along one dimension of a workgroup");
  });
});
