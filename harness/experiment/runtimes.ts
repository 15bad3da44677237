import type { Form, Mechanism, Phase, Shape } from "../../kernels/mechanism.ts";

/**
 * Other runtimes that an arm may be computed by, `{ use: softmax, runtime: ort }`: a peer, which says how good our kernels are. What each takes is
 * known here, without the runtime itself; how it is driven stands in measure/peers.
 */
export interface Runtime {
  /** in sentences */
  readonly title: string;
  /** the package that carries it, and the command that installs it */
  readonly package: string;
  readonly remedy: string;
  readonly mechanisms: readonly string[];
  readonly phases: readonly Phase[];
  /** parameters that say how and not what: a peer has its own how */
  readonly ignores: readonly string[];
  /** Why a shape of one of these mechanisms is not for it, or undefined. */
  refusal(family: Mechanism["family"], shape: Shape): string | undefined;
}

/** A row of a softmax head, as GroupQueryAttention checks it. */
const headDimMultiple = 8;
/** Threads of LinearAttention's workgroup, one a key channel. */
const mostKeyChannels = 256;

export const runtimes = {
  ort: {
    title: "ONNX Runtime",
    package: "onnxruntime-node 1.30.0",
    remedy: "npm i --no-save -P onnxruntime-node@1.30.0 --ignore-scripts",
    mechanisms: ["softmax", "linear", "gated", "deltaNet", "gatedDeltaNet"],
    phases: ["prefill", "decode"],
    ignores: ["chunk"],
    refusal(family, { dtype, kvDtype, stateDtype, headDim, headDimV }) {
      if ([dtype, kvDtype, stateDtype].some((type) => type !== "f32")) return "is driven with dtype, kvDtype and stateDtype f32";
      if (family === "linear") return headDim > mostKeyChannels ? `takes headDim up to ${mostKeyChannels}, not ${headDim}` : undefined;
      if (headDimV !== headDim) return `takes headDimV = headDim (${headDim}), not ${headDimV}`;
      return headDim % headDimMultiple === 0 ? undefined : `takes a headDim that is a multiple of ${headDimMultiple}, not ${headDim}`;
    },
  },
} as const satisfies Readonly<Record<string, Runtime>>;

export type RuntimeName = keyof typeof runtimes;

export const runtimeNames = Object.keys(runtimes) as readonly RuntimeName[];

/** "softmax, linear and gated in phases prefill and decode": what a runtime takes, for messages. */
export const takenBy = (name: RuntimeName): string => {
  const { mechanisms, phases } = runtimes[name];
  return `${mechanisms.join(", ")} in phases ${phases.join(" and ")}`;
};

/** Why a runtime cannot compute this shape of a mechanism that it takes, or undefined: it knows a mechanism's default parameters alone. */
export const runtimeRefusal = (name: RuntimeName, mechanism: Mechanism, shape: Shape): string | undefined => {
  const runtime: Runtime = runtimes[name];
  for (const [parameter, { default: usual }] of Object.entries(mechanism.parameters)) {
    const value = shape.parameters[parameter];
    if (value !== undefined && value !== usual) return `${name} computes ${mechanism.name} with ${parameter} ${String(usual)} alone, not ${String(value)}`;
  }
  const reason = runtime.refusal(mechanism.family, shape);
  return reason === undefined ? undefined : `${name} ${reason}`;
};

/** The form whose claim, useful FLOPs and least bytes hold for an arm: its own, and for a peer, whose ways are its own, the default of the phase. */
export const formOfCosts = (
  { form, runtime }: { readonly form: Form; readonly runtime?: RuntimeName | undefined },
  phase: Phase,
  mechanism: Pick<Mechanism, "forms">,
): Form => (runtime === undefined ? form : (mechanism.forms[phase]?.[0] ?? form));
