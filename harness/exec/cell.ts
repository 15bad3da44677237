import type { Capabilities, Dtype, Form, Mechanism, Plan, PlanBuffer, Shape, Tiles } from "../../kernels/mechanism.ts";
import { elementCount } from "../../kernels/plan.ts";
import { cellId } from "../experiment/cellId.ts";
import type { Cell } from "../experiment/experiment.ts";
import { nearest } from "../experiment/problem.ts";
import { parametersOf } from "./parameters.ts";
import { type ExecProblem, execPhases, Unexecutable } from "./problem.ts";
import { safeText } from "./shown.ts";
import type { NamedTensors, Tensor } from "./tensor.ts";
import { contextPosition, type Wanted, wantedTensors } from "./wanted.ts";

/** A problem as a cell, with the plan for it and what the plan takes of the problem. */
export interface ExecCell {
  readonly mechanism: Mechanism;
  readonly cell: Cell;
  readonly tiles: Tiles;
  readonly plan: Plan;
  readonly wanted: readonly Wanted[];
}

/** A scale that every kernel can compute with: WGSL takes whole numbers up to 2⁶³, and f32 has no more than 3.4e38. */
const largestScale = 1e18;

/** The sizes stand in the tensors, and what else is needed in the mechanism's plan for them. Throws Unexecutable. */
export const execCell = (problem: ExecProblem, mechanisms: readonly Mechanism[], capabilities: Capabilities): ExecCell => {
  const mechanism = mechanismNamed(mechanisms, problem.mechanism);
  const form = formOf(mechanism, problem);
  const { scale, tensors } = problem;
  if (scale !== undefined && !(Math.abs(scale) <= largestScale))
    throw new Unexecutable(`scale ${scale}; accepted are numbers from −${largestScale} to ${largestScale}`);
  const sizes = sizesOf(tensors);
  const shapeAs = (dtype: Dtype, n: number): Shape => ({
    ...sizes,
    phase: problem.phase,
    n,
    dtype,
    kvDtype: dtype,
    stateDtype: "f32",
    ...(scale === undefined ? {} : { scale }),
    parameters: parametersOf(mechanism, { ...continuation(mechanism, problem), ...problem.parameters }),
  });
  // Kernels that store f16 take it as it is; where there are none it is widened, which changes no value.
  const dtype = sizes.dtype === "f16" && mechanism.refusal(shapeAs("f16", 1), form, capabilities) === undefined ? "f16" : "f32";
  const shapeAt = (n: number): Shape => shapeAs(dtype, n);
  // Decode's n is the context: known once the plan has said which tensors have one.
  const n = problem.phase === "prefill" ? sizes.tokens : contextOf(planned(mechanism, shapeAt(1), form, capabilities).wanted, tensors);
  const shape = shapeAt(n);
  const { tiles, plan, wanted } = planned(mechanism, shape, form, capabilities);
  assertNames(problem, wanted, n);
  for (const tensor of wanted) assertShape(problem, tensor);
  assertSendable(plan);
  const cell = { ...shape, id: `exec-${cellId(mechanism, form, shape)}`, mechanism: mechanism.name, label: mechanism.name, form };
  return { mechanism, cell, tiles, plan, wanted };
};

/** The mechanism of this name. Throws Unexecutable. */
export const mechanismNamed = (mechanisms: readonly Mechanism[], name: string): Mechanism => {
  const known = mechanisms.filter(({ family }) => family !== "instrument");
  const found = known.find((mechanism) => mechanism.name === name);
  if (found) return found;
  const names = known.map((mechanism) => mechanism.name);
  throw new Unexecutable(`there is no mechanism ${safeText(name)}; accepted are ${names.join(", ")}${suggestion(name, names)}`);
};

const suggestion = (given: string, names: readonly string[]): string => {
  const meant = nearest(given, names);
  return meant === undefined ? "" : `; did you mean ${meant}?`;
};

const formOf = (mechanism: Mechanism, { phase, form }: ExecProblem): Form => {
  if (!execPhases.includes(phase)) throw new Unexecutable(`phase ${safeText(String(phase))}; accepted are ${execPhases.join(" and ")}`);
  const forms = mechanism.forms[phase] ?? [];
  const [first] = forms;
  if (first === undefined) throw new Unexecutable(`${mechanism.name} has no phase ${phase}; it has ${Object.keys(mechanism.forms).join(", ")}`);
  if (form === undefined) return first;
  if (forms.includes(form)) return form;
  throw new Unexecutable(`${mechanism.name} has no form ${safeText(form)} in ${phase}; accepted: ${forms.join(", ")}${suggestion(form, forms)}`);
};

/** A prefill that is given a state goes on from it, where the mechanism can. */
const continuation = ({ parameters }: Mechanism, { phase, tensors }: ExecProblem): Readonly<Record<string, boolean>> =>
  phase === "prefill" && parameters.initialState?.kind === "boolean" && (Object.hasOwn(tensors, "state") || Object.hasOwn(tensors, "z"))
    ? { initialState: true }
    : {};

interface GivenSizes extends Pick<Shape, "batch" | "heads" | "kvHeads" | "headDim" | "headDimV" | "dModel" | "dtype"> {
  readonly tokens: number;
}

/** From q [batch, tokens, heads, headDim] and its type, k [, , kvHeads, ] and v [, , , headDimV]. */
const sizesOf = (tensors: NamedTensors): GivenSizes => {
  const [q, k, v] = ["q", "k", "v"].map((name) => {
    const shape = Object.hasOwn(tensors, name) ? tensors[name]?.shape : undefined;
    if (!shape) throw new Unexecutable(`${name} is missing: every mechanism takes q, k and v; given: ${Object.keys(tensors).map(safeText).join(", ")}`);
    if (shape.length !== 4) throw new Unexecutable(`${name}: shape ${sizesText(shape)}; accepted are four sizes, [batch, tokens, heads, channels]`);
    return shape;
  });
  const [batch = 0, tokens = 0, heads = 0, headDim = 0] = q ?? [];
  return { batch, tokens, heads, kvHeads: k?.[2] ?? 0, headDim, headDimV: v?.[3] ?? 0, dModel: heads * headDim, dtype: tensors.q?.dtype ?? "f32" };
};

const planned = (mechanism: Mechanism, shape: Shape, form: Form, capabilities: Capabilities): Pick<ExecCell, "tiles" | "plan" | "wanted"> => {
  const refusal = mechanism.refusal(shape, form, capabilities);
  if (refusal) throw new Unexecutable(refusal.reason);
  const [tiles] = mechanism.tiles(shape, form, capabilities);
  if (!tiles) throw new Unexecutable(`${mechanism.name} has no variant of ${form} for this device`);
  const plan = mechanism.plan(shape, form, capabilities, tiles);
  return { tiles, plan, wanted: wantedTensors(plan, shape.n) };
};

/** Tokens of the first cache that is given, 0 where none is; 1, any number, where the mechanism's tensors have no context. */
const contextOf = (wanted: readonly Wanted[], tensors: NamedTensors): number => {
  const caches = wanted.filter((tensor) => contextPosition(tensor) >= 0);
  if (caches.length === 0) return 1;
  const given = caches.find(({ name }) => Object.hasOwn(tensors, name));
  return given === undefined ? 0 : (tensors[given.name]?.shape[contextPosition(given)] ?? 0);
};

/** Every wanted tensor is there, and no other. */
const assertNames = (problem: ExecProblem, wanted: readonly Wanted[], n: number): void => {
  const given = Object.keys(problem.tensors);
  const optional = (tensor: Wanted): boolean => tensor.carried && (contextPosition(tensor) < 0 || n === 0);
  const missing = wanted.filter((tensor) => !optional(tensor) && !given.includes(tensor.name));
  const names = wanted.map(({ name }) => name);
  const surplus = given.filter((name) => !names.includes(name));
  if (missing.length === 0 && surplus.length === 0) return;
  const faults = [
    ...missing.map(({ name, dims }) => `${name} ${dimsText(dims)} is missing`),
    ...surplus.map((name) => `${safeText(name)} is not taken${suggestion(name, names)}`),
  ];
  const needed = wanted.filter((tensor) => !tensor.carried).map(({ name }) => name);
  const carried = wanted.filter((tensor) => tensor.carried).map(({ name }) => name);
  const takes = `${problem.mechanism} ${problem.phase} takes ${needed.join(", ")}${carried.length > 0 ? `, and of an earlier call ${carried.join(", ")}` : ""}`;
  throw new Unexecutable(`${faults.join("; ")}: ${takes}`);
};

const assertShape = ({ tensors, phase }: ExecProblem, wanted: Wanted): void => {
  const { name, dims } = wanted;
  const given = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (!given || (given.shape.length === dims.length && dims.every(([, size], i) => given.shape[i] === size))) return;
  throw new Unexecutable(`${name}: shape ${sizesText(given.shape)}; accepted in this ${phase}: ${dimsText(dims)}${ringText(wanted, given)}`);
};

/** The device's process gets all tensors in one message and answers with all in one, of less than 2 GiB: those are what Node's channel between processes takes. */
const mostSentBytes = 2 ** 31 - 2 ** 20;

const assertSendable = ({ buffers }: Plan): void => {
  const bytesOf = (some: readonly PlanBuffer[]): number => some.reduce((sum, buffer) => sum + elementCount(buffer) * 4, 0);
  const given = bytesOf(buffers.filter(({ init }) => typeof init === "object"));
  const results = bytesOf(buffers.filter(({ role }) => role === "output" || role === "state"));
  const [bytes, which] = given >= results ? [given, "go in"] : [results, "come out"];
  if (bytes > mostSentBytes) throw new Unexecutable(`the tensors that ${which} have ${gibibytes(bytes)} GiB in f32; accepted are less than 2 GiB together`);
};

const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);

/** Which tokens a ring holds, where more are given: which of them to leave out is not for us to guess. */
const ringText = (wanted: Wanted, { shape }: Tensor): string => {
  const { rows } = wanted;
  const context = shape[contextPosition(wanted)] ?? 0;
  if (!rows?.ring || context <= rows.capacity) return "";
  const { sinks } = rows.ring;
  return `: a window keeps no more, ${sinks > 0 ? `the first ${sinks}, then ` : ""}the newest ${rows.capacity - sinks} in the order of time`;
};

const sizesText = (sizes: readonly number[]): string => `[${sizes.join(", ")}]`;
const dimsText = (dims: Wanted["dims"]): string => `${sizesText(dims.map(([, size]) => size))} (${dims.map(([name]) => name).join(", ")})`;
