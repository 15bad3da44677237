import type { InferenceSession } from "onnxruntime-node";
import { CellFailure } from "../../device/failure.ts";
import { runtimes } from "../../experiment/runtimes.ts";
import { modelBytes, type OnnxModel } from "./onnx.ts";

/** ONNX Runtime with its WebGPU execution provider: an optional package, looked for only here. */
export interface OnnxRuntime {
  /** "onnxruntime-node 1.30.0" */
  readonly version: string;
  /** Rejects with CellFailure compileError where a node has no WebGPU kernel or the model is refused. */
  open(model: OnnxModel): Promise<OnnxSession>;
}

export interface OnnxSession {
  /** Computes the graph and brings these outputs back: a run ends when they are here. Rejects with CellFailure. */
  run(outputs: readonly string[]): Promise<Readonly<Record<string, Float32Array>>>;
  release(): Promise<void>;
}

const { title, package: wanted, remedy } = runtimes.ort;

/** Rejects with CellFailure noFeature where the package is not installed, is another version, or does not load here. */
export const loadOnnxRuntime = async (): Promise<OnnxRuntime> => {
  const ort = await import("onnxruntime-node").catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "ERR_MODULE_NOT_FOUND" ? "is not installed" : `does not load (${error.message.split("\n")[0]})`;
    throw new CellFailure("noFeature", `the optional package onnxruntime-node ${reason}: ${remedy}`);
  });
  const version = `onnxruntime-node ${ort.env.versions.node}`;
  if (version !== wanted) throw new CellFailure("noFeature", `${wanted} is needed, ${version} is installed: ${remedy}`);
  return {
    version,
    async open(model) {
      const session = await ort.InferenceSession.create(modelBytes(model), {
        executionProviders: [{ name: "webgpu", validationMode: "disabled" }],
        // Constants are all that these graphs read: folded, nothing would be left to run.
        graphOptimizationLevel: "disabled",
        logSeverityLevel: 4,
        // Placement asserted: a node without a WebGPU kernel would else be computed on the CPU, and nobody would know.
        extra: { session: { disable_cpu_ep_fallback: "1" } },
      }).catch((error: Error) => {
        const onCpu = /fallback to CPU EP/.test(error.message);
        throw new CellFailure(
          "compileError",
          onCpu ? `${title} has no WebGPU kernel for ${operatorsOf(model)} here and would compute it on the CPU` : said(error),
        );
      });
      return sessionOf(session);
    },
  };
};

const operatorsOf = ({ nodes }: OnnxModel): string => [...new Set(nodes.map(({ operator }) => operator))].join(" or ");

const sessionOf = (session: InferenceSession): OnnxSession => ({
  async run(outputs) {
    const tensors = await session.run({}, outputs).catch((error: Error) => {
      throw new CellFailure(/out of memory|bad_alloc|allocate/i.test(error.message) ? "outOfMemory" : "workerError", said(error));
    });
    return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
  },
  release: () => session.release(),
});

/** One line of what it says, without the place in its own sources. */
const said = ({ message }: Error): string =>
  `${title}: ${message
    .replace(/\/\S+\/(?=[\w.]+)/g, "")
    .replace(/\s+/g, " ")
    .slice(0, 300)}`;
