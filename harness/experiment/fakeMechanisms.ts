import { defineMechanism, type Mechanism } from "../../kernels/mechanism.ts";

const look = { colour: { light: "#000000", dark: "#ffffff" }, mark: "circle", dash: [] } as const;

const fake = (
  parts: Pick<Mechanism, "name" | "family" | "order" | "forms" | "groupedHeads" | "parameters"> & { bytes: (n: number, width: number) => number },
): Mechanism =>
  defineMechanism({
    title: parts.name,
    look,
    definition: "a stand-in",
    source: "tests",
    refusal: () => undefined,
    tiles: () => [{}],
    plan: () => ({ buffers: [], setup: [], steps: [] }),
    inputs: () => ({}),
    reference: () => [],
    flops: () => ({ useful: 1, executed: 1 }),
    leastBytes: () => 1,
    bytesByRole: ({ n, kvHeads, headDim, batch }) => ({ input: 0, output: 0, state: parts.bytes(n * batch, kvHeads * headDim), scratch: 0, harness: 0 }),
    claim: () => ({ time: "O(n)", stateBytes: "O(n)" }),
    ...parts,
  });

/** Mechanisms for tests: the shapes, parameters and forms of the real ones, nothing to run. */
export const fakeMechanisms: readonly Mechanism[] = [
  fake({
    name: "softmax",
    family: "softmax",
    order: 1,
    forms: { prefill: ["tiled", "naive"], decode: ["split"] },
    groupedHeads: true,
    parameters: {},
    bytes: (n, width) => 8 * n * width,
  }),
  fake({
    name: "linear",
    family: "linear",
    order: 2,
    forms: { prefill: ["chunk", "recurrent"], decode: ["recurrent"], generate: ["recurrent"] },
    groupedHeads: false,
    parameters: {
      chunk: { kind: "integer", minimum: 16, maximum: 256, default: 64, about: "Tokens per chunk." },
      featureMap: { kind: "choice", values: ["identity", "elu+1"], default: "identity", about: "Of q and k." },
      normalized: { kind: "boolean", default: false, about: "Divide by the sum of weights." },
    },
    bytes: (_, width) => 4 * width * width,
  }),
  fake({ name: "readBandwidth", family: "instrument", order: 9, forms: { probe: ["probe"] }, groupedHeads: false, parameters: {}, bytes: (n) => n }),
];
