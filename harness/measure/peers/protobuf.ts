/**
 * Protocol buffers, written only: a message is its fields one after another, each a key (field number and wire type) and a value
 * (protobuf.dev/programming-guides/encoding). Enough for an ONNX model, without a library or generated code.
 */
export type Bytes = Uint8Array;

const wire = { varint: 0, lengthDelimited: 2, fixed32: 5 } as const;

/** Base 128, lowest first, the eighth bit saying that more follow; a negative number as its 64-bit two's complement. */
export const varint = (value: number | bigint): Bytes => {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
};

const key = (field: number, type: number): Bytes => varint((field << 3) | type);

export const integer = (field: number, value: number | bigint): Bytes => message(key(field, wire.varint), varint(value));

/** A message, bytes or text (as UTF-8) within a message. */
export const nested = (field: number, content: Bytes | string): Bytes => {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return message(key(field, wire.lengthDelimited), varint(bytes.length), bytes);
};

export const float = (field: number, value: number): Bytes => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return message(key(field, wire.fixed32), bytes);
};

/** Fields as one message. */
export const message = (...parts: readonly Bytes[]): Bytes => {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
};
