import { type Bytes, float, integer, message, nested } from "./protobuf.ts";

/** An ONNX model as data, and its bytes. Field numbers are those of onnx.proto3 (github.com/onnx/onnx), IR version 10. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  /** constants of the graph: they lie on the device before the first run */
  readonly tensors: readonly OnnxTensor[];
  /** f32 each */
  readonly outputs: readonly { readonly name: string; readonly dims: readonly number[] }[];
}

export interface OnnxNode {
  readonly operator: string;
  /** "" is ONNX's own; com.microsoft holds the attention operators */
  readonly domain: "" | "com.microsoft";
  /** names of values; "" leaves an optional one out */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export type OnnxAttribute = { readonly int: number } | { readonly float: number } | { readonly text: string };

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array | BigInt64Array;
}

const irVersion = 10;
const opsets = { "": 21, "com.microsoft": 1 } as const;
/** TensorProto.DataType and AttributeProto.AttributeType */
const dataTypes = { f32: 1, i32: 6, i64: 7 } as const;
const attributeTypes = { float: 1, int: 2, text: 3 } as const;

const attribute = ([name, value]: readonly [string, OnnxAttribute]): Bytes => {
  const typed = (type: number, content: Bytes): Bytes => nested(5, message(nested(1, name), content, integer(20, type)));
  if ("int" in value) return typed(attributeTypes.int, integer(3, value.int));
  if ("float" in value) return typed(attributeTypes.float, float(2, value.float));
  return typed(attributeTypes.text, nested(4, value.text));
};

const node = ({ operator, domain, inputs, outputs, attributes }: OnnxNode): Bytes =>
  nested(
    1,
    message(
      ...inputs.map((name) => nested(1, name)),
      ...outputs.map((name) => nested(2, name)),
      nested(3, outputs[0] ?? operator),
      nested(4, operator),
      ...Object.entries(attributes).map(attribute),
      nested(7, domain),
    ),
  );

/** raw_data is little-endian, as are the machines that Dawn runs on. */
const tensor = ({ name, dims, data }: OnnxTensor): Bytes => {
  const type = data instanceof Float32Array ? dataTypes.f32 : data instanceof Int32Array ? dataTypes.i32 : dataTypes.i64;
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return nested(5, message(...dims.map((size) => integer(1, size)), integer(2, type), nested(8, name), nested(9, raw)));
};

const output = ({ name, dims }: OnnxModel["outputs"][number]): Bytes => {
  const shape = message(...dims.map((size) => nested(1, integer(1, size))));
  return nested(12, message(nested(1, name), nested(2, nested(1, message(integer(1, dataTypes.f32), nested(2, shape))))));
};

/** A ModelProto. */
export const modelBytes = ({ nodes, tensors, outputs }: OnnxModel): Bytes => {
  const graph = message(...nodes.map(node), nested(2, "attention"), ...tensors.map(tensor), ...outputs.map(output));
  const imported = Object.entries(opsets).map(([domain, version]) => nested(8, message(nested(1, domain), integer(2, version))));
  return message(integer(1, irVersion), nested(7, graph), ...imported);
};
