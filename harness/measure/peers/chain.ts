import type { Dims } from "./layout.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "./onnx.ts";

/**
 * A cell as one operator of ONNX Runtime, repeated: link i of a chain is the cell computed once, and reads what link i − 1 wrote, so that none can run
 * beside another. One graph of many links shares what session.run costs.
 */
export interface Chain {
  readonly operator: string;
  /** constants of all links */
  readonly tensors: readonly OnnxTensor[];
  link(index: number): OnnxNode;
  /** values of a chain of `links` that stand for what one link gives, under the names of our buffers */
  outputs(links: number): readonly ChainOutput[];
  /** fewer would count what the first link alone does, such as a copy of the cache */
  readonly leastLinks: number;
  /** bytes that each link allocates for itself */
  readonly linkBytes: number;
}

export interface ChainOutput {
  readonly buffer: string;
  /** name of the value in the graph */
  readonly name: string;
  readonly dims: Dims;
  /** the values in the layout of our buffer */
  readonly toOurs: (values: Float32Array) => Float32Array;
}

/** Bytes of the constants. */
export const tensorBytes = ({ tensors }: Chain): number => tensors.reduce((sum, { data }) => sum + data.byteLength, 0);

/** The one value that a timed run brings back: it is there when all links are done. */
export const tail = "tail";
const tailValues = 4;

/** The graph of `links` links. The last o ends in a slice of four values, so that a run waits for all links and downloads next to nothing. */
export const chainModel = (chain: Chain, links: number): OnnxModel => {
  const nodes = Array.from({ length: links }, (_, index) => chain.link(index));
  const outputs = chain.outputs(links);
  const o = outputs.find(({ buffer }) => buffer === "o");
  const last = nodes.at(-1)?.outputs[0];
  if (!o || last === undefined) throw new Error(`a chain of ${chain.operator} without an output`);
  const [, tokens] = o.dims;
  const ends = (name: string, values: readonly number[]): OnnxTensor => ({ name, dims: [values.length], data: BigInt64Array.from(values, BigInt) });
  const slice: OnnxNode = { operator: "Slice", domain: "", inputs: [last, "sliceStarts", "sliceEnds", "sliceAxes"], outputs: [tail], attributes: {} };
  return {
    nodes: [...nodes, slice],
    tensors: [...chain.tensors, ends("sliceStarts", [0, tokens - 1, 0]), ends("sliceEnds", [1, tokens, tailValues]), ends("sliceAxes", [0, 1, 2])],
    outputs: [...outputs.map(({ name, dims }) => ({ name, dims })), { name: tail, dims: [1, 1, tailValues] }],
  };
};
