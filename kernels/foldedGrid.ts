import type { Plan, Step } from "./mechanism.ts";

/**
 * A plan whose steps keep to `most` workgroups a dimension (a device's maxComputeWorkgroupsPerDimension; WebGPU promises 65,535). A step that has more in a row is dispatched over as many
 * workgroups in a shape that fits, and each finds its place of the step's own grid by counting them. Steps that fit stay as they are, and so do their modules; a folded one knows its grid,
 * and with it how many tokens there are. Steps that are one object stay one. Throws where an entry point numbers its invocations over more than one dimension of a workgroup.
 */
export const foldedPlan = (plan: Plan, most: number): Plan => {
  const met = new Map<Step, Step>();
  const folded = (step: Step): Step => {
    const known = met.get(step) ?? foldedStep(step, most);
    met.set(step, known);
    return known;
  };
  return { ...plan, setup: plan.setup.map(folded), steps: plan.steps.map(folded) };
};

const foldedStep = (step: Step, most: number): Step => {
  if (Math.max(...step.workgroups) <= most) return step;
  return { ...step, wgsl: unfolding(step), workgroups: gridOf(step.workgroups, most) };
};

/** Few workgroups more than a grid has, in rows and layers of `most` at most: those past the last one have nothing to do. */
const gridOf = ([x, y, z]: Step["workgroups"], most: number): Step["workgroups"] => {
  const all = x * y * z;
  const row = Math.min(all, most);
  const rows = Math.ceil(all / row);
  const layers = Math.ceil(rows / most);
  return [row, Math.ceil(rows / layers), layers];
};

/** What an entry point is told of its place in the grid, and is to find by counting instead. */
const placing = ["workgroup_id", "num_workgroups", "global_invocation_id"] as const;

/**
 * A step's module, its entry point's place made of the workgroup's number; `before`: WGSL of how many there are before the dispatch, uniform over it. A return there is in uniform control flow: barriers may
 * follow. Throws where an entry point numbers its invocations over more than one dimension of a workgroup.
 */
export const unfolding = ({ label, wgsl, workgroups: [x, y, z] }: Step, before?: string): string =>
  wgsl.replace(/fn main\(([\s\S]*?)\)\s*\{/, (_, given: string) => {
    const parameters = [...given.matchAll(/@builtin\((\w+)\)\s+(\w+)\s*:\s*(\w+)/g)].map(([text, builtin = "", name = ""]) => ({ text, builtin, name }));
    const nameOf = (builtin: string): string | undefined => parameters.find((parameter) => parameter.builtin === builtin)?.name;
    const [group, grid, id] = placing.map(nameOf);
    const thread = nameOf("local_invocation_index");
    const width = /@workgroup_size\(([^,)]+)\)/.exec(wgsl)?.[1];
    if (id && width === undefined) throw new Error(`${label}: invocations of a folded grid are numbered along one dimension of a workgroup`);
    const kept = parameters.filter(({ builtin }) => !placing.some((name) => name === builtin)).map(({ text }) => text);
    const own = ["@builtin(workgroup_id) foldedGroup: vec3u", "@builtin(num_workgroups) foldedGrid: vec3u"];
    if (id && !thread) own.push("@builtin(local_invocation_index) foldedThread: u32");
    return [
      `fn main(${[...own, ...kept].join(", ")}) {`,
      `  let foldedIndex = ${before === undefined ? "" : `${before} + `}(foldedGroup.z * foldedGrid.y + foldedGroup.y) * foldedGrid.x + foldedGroup.x;`,
      `  if (foldedIndex >= ${x * y * z}u) { return; }`,
      `  let foldedPlace = vec3u(foldedIndex % ${x}u, foldedIndex / ${x}u % ${y}u, foldedIndex / ${x * y}u);`,
      // As it is, but no compiler knows: kernels take loops from it that none should unroll.
      ...(grid ? [`  let ${grid} = vec3u(${x}u, ${y}u, ${z}u) * min(foldedGrid.x, 1u);`] : []),
      ...(group ? [`  let ${group} = foldedPlace;`] : []),
      ...(id ? [`  let ${id} = vec3u(foldedPlace.x * (${width}) + ${thread ?? "foldedThread"}, foldedPlace.yz);`] : []),
    ].join("\n");
  });
