import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSafetensors, type StoredDtype, type StoredTensor, serializeSafetensors, UnreadableTensors } from "./safetensors.ts";

const bytesOf: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, U8: 1, BOOL: 1 };

const tensor: fc.Arbitrary<StoredTensor> = fc
  .tuple(fc.constantFrom(...(Object.keys(bytesOf) as StoredDtype[])), fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 5 }))
  .chain(([dtype, shape]) => {
    const length = shape.reduce((product, size) => product * size, bytesOf[dtype] ?? 0);
    return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => ({ dtype, shape, bytes: Uint8Array.from(bytes) }));
  });
const named = fc.array(fc.tuple(fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("q", "constructor", "{", '"', "\\")), tensor), { maxLength: 6 });
const texts = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3, noNullPrototype: true });

/** A file with this text as its header. */
const fileOf = (header: string, dataBytes: number, headerBytes = new TextEncoder().encode(header).length): Uint8Array => {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(text, 8);
  return file;
};
const entry = (begin: number, end: number, shape = `[${(end - begin) / 4}]`, dtype = '"F32"'): string =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":[${begin},${end}]}`;

const messageOf = (file: Uint8Array): string => {
  try {
    parseSafetensors(file);
  } catch (error) {
    if (error instanceof UnreadableTensors) return error.message;
    throw error;
  }
  return "it was read";
};

describe("safetensors", () => {
  it("are read as they were written, whatever their names, types and sizes", () => {
    fc.assert(
      fc.property(named, texts, (list, metadata) => {
        const tensors = Object.fromEntries(list.filter(([name]) => name !== "__metadata__"));
        const file = serializeSafetensors({ tensors, metadata });
        const read = parseSafetensors(file);
        expect(new Map(Object.entries(read.tensors))).toEqual(new Map(Object.entries(tensors)));
        expect(new Map(Object.entries(read.metadata))).toEqual(new Map(Object.entries(metadata)));
        // The data begins at a multiple of 8, and so does nothing less wide before something wider.
        expect((8 + Number(new DataView(file.buffer).getBigUint64(0, true))) % 8).toBe(0);
      }),
    );
  });

  it("cut off anywhere, or longer than they say, are refused", () => {
    fc.assert(
      fc.property(named, fc.nat(), (list, at) => {
        const file = serializeSafetensors({ tensors: Object.fromEntries(list), metadata: {} });
        expect(messageOf(file.subarray(0, at % file.length))).not.toBe("it was read");
        expect(messageOf(Uint8Array.from([...file, 0]))).toMatch(/belong to no tensor/);
      }),
    );
  });

  it("of random bytes are refused, with a word and not a crash", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.string(), (bytes, header) => {
        expect(messageOf(bytes)).not.toBe("it was read");
        expect(messageOf(fileOf(`{"q":${header}`, 4))).not.toBe("it was read");
      }),
    );
  });

  it("written by the format's own library are read", () => {
    // safetensors 0.8.0: save({"a": np.zeros(1, np.float32), "b": np.ones(2, np.float16)}, metadata={"by": "us"})
    const header = '{"__metadata__":{"by":"us"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F16","shape":[2],"data_offsets":[4,8]}}  ';
    const file = fileOf(header, 8);
    file.set([0, 0, 0, 0, 0, 0x3c, 0, 0x3c], file.length - 8);
    const written = parseSafetensors(file);
    expect(serializeSafetensors(written)).toEqual(file);
    expect(written).toEqual({
      tensors: { a: { dtype: "F32", shape: [1], bytes: Uint8Array.of(0, 0, 0, 0) }, b: { dtype: "F16", shape: [2], bytes: Uint8Array.of(0, 0x3c, 0, 0x3c) } },
      metadata: { by: "us" },
    });
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(0), /^0 bytes are no safetensors file/],
    ["seven bytes", new Uint8Array(7), /^7 bytes are no safetensors file/],
    ["a header that goes beyond the file", fileOf("{}", 0, 3), /^its header should be 3 bytes long, 2 follow/],
    ["a header of 2^64 − 1 bytes", Uint8Array.from([...new Uint8Array(8).fill(255), 123, 125]), /^its header should be 18446744073709551615 bytes long/],
    ["an empty header", fileOf("", 0), /^its header is not JSON/],
    ["half a header", fileOf('{"q":', 0), /^its header is not JSON/],
    ["a header that is no UTF-8", Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0, 0xff]), /^its header is not JSON/],
    ["a mark of byte order", fileOf("\ufeff{}", 0), /^its header is not JSON/],
    ["a list for a header", fileOf("[]", 0), /^its header is \[\]; accepted is an object/],
    ["null for a header", fileOf("null", 0), /^its header is null/],
    ["one name twice", fileOf(`{"q":${entry(0, 4)},"k":${entry(4, 8)},"\\u0071":${entry(8, 12)}}`, 12), /^"q" stands twice/],
    ["dtype twice", fileOf('{"q":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4), /^"dtype" stands twice/],
    ["a tensor that is a number", fileOf('{"q":3}', 0), /^q: 3 is no description of a tensor/],
    ["a tensor without a shape", fileOf('{"q":{"dtype":"F32","data_offsets":[0,4]}}', 4), /^q: shape nothing; accepted is a list/],
    ["a tensor with more", fileOf('{"q":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"strides":[1]}}', 4), /^q: it has "strides" too/],
    ["a type that there is not", fileOf(`{"q":${entry(0, 4, "[1]", '"float32"')}}`, 4), /^q: dtype "float32"; accepted are F64, /],
    ["a type of objects", fileOf(`{"q":${entry(0, 4, "[1]", '"toString"')}}`, 4), /^q: dtype "toString"/],
    ["a negative size", fileOf(`{"q":${entry(0, 4, "[-1]")}}`, 4), /^q: shape \[-1\]; accepted/],
    ["half a size", fileOf(`{"q":${entry(0, 4, "[0.5, 2]")}}`, 4), /^q: shape \[0\.5,2\]; accepted/],
    ["a size that is text", fileOf(`{"q":${entry(0, 4, '["1"]')}}`, 4), /^q: shape \["1"\]; accepted/],
    ["three offsets", fileOf('{"q":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', 8), /^q: data_offsets \[0,4,8\]; accepted are two/],
    ["offsets the wrong way round", fileOf(`{"q":${entry(4, 0, "[1]")}}`, 4), /^q: data_offsets \[4,0\] end before they begin/],
    ["offsets beyond the file", fileOf(`{"q":${entry(0, 8)}}`, 4), /^q: data_offsets \[0,8\] go beyond the 4 bytes of data/],
    ["too few bytes for the shape", fileOf(`{"q":${entry(0, 4, "[2]")}}`, 4), /^q: shape \[2\] of F32 takes 8 bytes, data_offsets \[0,4\] give it 4/],
    ["a shape of endless bytes", fileOf(`{"q":${entry(0, 4, "[9007199254740991, 9007199254740991]")}}`, 4), /^q: shape .* takes .* give it 4/],
    ["tensors that overlap", fileOf(`{"q":${entry(0, 8)},"k":${entry(4, 12)}}`, 12), /^k: its data begins at 4, within that of q, which ends at 8/],
    ["tensors of the same bytes", fileOf(`{"q":${entry(0, 4)},"k":${entry(0, 4)}}`, 4), /within that of/],
    ["a gap", fileOf(`{"q":${entry(0, 4)},"k":${entry(8, 12)}}`, 12), /^bytes 4 to 8 of the data belong to no tensor/],
    ["bytes before the first", fileOf(`{"q":${entry(4, 8)}}`, 8), /^bytes 0 to 4 of the data belong to no tensor/],
    ["data without tensors", fileOf("{}", 4), /^bytes 0 to 4 of the data belong to no tensor/],
    ["metadata that is no text", fileOf('{"__metadata__":{"a":1}}', 0), /^__metadata__ is \{"a":1\}; accepted is an object of texts/],
    ["brackets without end", fileOf(`{"q":${"[".repeat(1e5)}${"]".repeat(1e5)}}`, 0), /^q: something too deep to show is no description/],
    ["a name without end", fileOf(`{"${"\\n".repeat(2e5)}":3}`, 0), /^�{79}…: 3 is no description/],
    ["a name that moves the cursor", fileOf('{"\\u001b[2J":3}', 0), /^�\[2J: 3 is no description/],
  ])("with %s are refused", (_, file, expected) => expect(messageOf(file)).toMatch(expected));
});
