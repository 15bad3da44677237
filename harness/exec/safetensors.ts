import { safeText, shown } from "./shown.ts";

/**
 * The safetensors format (github.com/huggingface/safetensors): 8 bytes, the length of the header, little-endian; the header, a JSON object of
 * `"name": { "dtype", "shape", "data_offsets": [begin, end] }`, its end padded with spaces, and perhaps `"__metadata__"`, texts by name; then the data,
 * in which every byte belongs to one tensor: row-major, slowest dimension first, little-endian.
 */

/** Bytes that cannot be read as safetensors: a sentence on what is wrong with them, the tensor's name first where it is one tensor. */
export class UnreadableTensors extends Error {}

/** Bytes of one element. */
const elementBytes = {
  F64: 8,
  I64: 8,
  U64: 8,
  C64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

export type StoredDtype = keyof typeof elementBytes;

/** A tensor as it stands in a file. */
export interface StoredTensor {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface TensorFile {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const prefixBytes = 8;
/** What the format's own reader allows. */
const mostHeaderBytes = 100_000_000;

/** Tensors of a file's bytes, which they share. Throws UnreadableTensors. */
export const parseSafetensors = (file: Uint8Array): TensorFile => {
  const { header, data } = partsOf(file);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== "string"))
    throw new UnreadableTensors(`__metadata__ is ${shown(metadata)}; accepted is an object of texts`);
  const placed = Object.entries(entries).map(([name, entry]) => placedTensor(name, entry, data.length));
  assertTiled(placed, data.length);
  return {
    tensors: Object.fromEntries(placed.map(({ name, dtype, shape, begin, end }) => [name, { dtype, shape, bytes: data.subarray(begin, end) }])),
    metadata: metadata as Readonly<Record<string, string>>,
  };
};

/** The bytes of a file that holds these tensors, those of wide elements first, so that all are aligned. */
export const serializeSafetensors = ({ tensors, metadata }: TensorFile): Uint8Array => {
  const stored = Object.entries(tensors).toSorted(([, a], [, b]) => elementBytes[b.dtype] - elementBytes[a.dtype]);
  let end = 0;
  const entries = stored.map(([name, { dtype, shape, bytes }]) => {
    const begin = end;
    end += bytes.length;
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const described = Object.keys(metadata).length > 0 ? [["__metadata__", metadata] as const] : [];
  const text = JSON.stringify(Object.fromEntries<unknown>([...described, ...entries]));
  const unpadded = new TextEncoder().encode(text);
  const header = new Uint8Array(Math.ceil(unpadded.length / 8) * 8).fill(0x20);
  header.set(unpadded);
  const file = new Uint8Array(prefixBytes + header.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, prefixBytes);
  let at = prefixBytes + header.length;
  for (const [, { bytes }] of stored) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
};

const partsOf = (file: Uint8Array): { header: Readonly<Record<string, unknown>>; data: Uint8Array } => {
  if (file.length < prefixBytes) throw new UnreadableTensors(`${file.length} bytes are no safetensors file: the first 8 say how long its header is`);
  const length = new DataView(file.buffer, file.byteOffset, prefixBytes).getBigUint64(0, true);
  const rest = file.length - prefixBytes;
  if (length > rest || length > mostHeaderBytes)
    throw new UnreadableTensors(`its header should be ${length} bytes long, ${rest} follow: the file is cut off, or no safetensors file`);
  const data = file.subarray(prefixBytes + Number(length));
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file.subarray(prefixBytes, prefixBytes + Number(length)));
    header = JSON.parse(text);
  } catch (error) {
    throw new UnreadableTensors(`its header is not JSON: ${safeText(error instanceof Error ? error.message : String(error))}`);
  }
  if (!isRecord(header)) throw new UnreadableTensors(`its header is ${shown(header)}; accepted is an object of tensors by name`);
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw new UnreadableTensors(`${shown(repeated)} stands twice in one object of its header`);
  return { header, data };
};

/** A key that one object of a valid JSON text has twice: the parser would quietly keep the last. */
const repeatedKey = (json: string): string | undefined => {
  const objects: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    if (json[at] === "{") objects.push(new Set());
    else if (json[at] === "}") objects.pop();
    if (json[at] !== '"') continue;
    const from = at++;
    while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
    let after = at + 1;
    while (/\s/.test(json[after] ?? "")) after++;
    if (json[after] !== ":") continue;
    const key = String(JSON.parse(json.slice(from, at + 1)));
    if (objects.at(-1)?.has(key)) return key;
    objects.at(-1)?.add(key);
  }
  return undefined;
};

interface PlacedTensor {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const placedTensor = (name: string, entry: unknown, dataBytes: number): PlacedTensor => {
  const refuse = (what: string): never => {
    throw new UnreadableTensors(`${safeText(name)}: ${what}`);
  };
  if (!isRecord(entry)) return refuse(`${shown(entry)} is no description of a tensor; accepted is { dtype, shape, data_offsets }`);
  const { dtype, shape, data_offsets: offsets, ...more } = entry;
  const strangers = Object.keys(more);
  if (strangers.length > 0) return refuse(`it has ${strangers.map(shown).join(", ")} too; accepted are dtype, shape and data_offsets`);
  if (!isStoredDtype(dtype)) return refuse(`dtype ${shown(dtype)}; accepted are ${Object.keys(elementBytes).join(", ")}`);
  if (!isSizes(shape)) return refuse(`shape ${shown(shape)}; accepted is a list of whole numbers, none negative`);
  if (!isSizes(offsets) || offsets.length !== 2) return refuse(`data_offsets ${shown(offsets)}; accepted are two whole numbers, [begin, end]`);
  const [begin = 0, end = 0] = offsets;
  if (begin > end) return refuse(`data_offsets ${shown(offsets)} end before they begin`);
  if (end > dataBytes) return refuse(`data_offsets ${shown(offsets)} go beyond the ${dataBytes} bytes of data: the file is cut off`);
  const wanted = shape.reduce((product, size) => product * size, elementBytes[dtype]);
  if (end - begin !== wanted) return refuse(`shape ${shown(shape)} of ${dtype} takes ${wanted} bytes, data_offsets ${shown(offsets)} give it ${end - begin}`);
  return { name, dtype, shape, begin, end };
};

/** Every byte of the data belongs to one tensor. */
const assertTiled = (placed: readonly PlacedTensor[], dataBytes: number): void => {
  let last: PlacedTensor | undefined;
  for (const tensor of placed.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    const end = last?.end ?? 0;
    if (last && tensor.begin < end)
      throw new UnreadableTensors(`${safeText(tensor.name)}: its data begins at ${tensor.begin}, within that of ${safeText(last.name)}, which ends at ${end}`);
    if (tensor.begin > end) throw new UnreadableTensors(`bytes ${end} to ${tensor.begin} of the data belong to no tensor`);
    last = tensor;
  }
  const end = last?.end ?? 0;
  if (end < dataBytes) throw new UnreadableTensors(`bytes ${end} to ${dataBytes} of the data belong to no tensor`);
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);
const isStoredDtype = (value: unknown): value is StoredDtype => typeof value === "string" && Object.hasOwn(elementBytes, value);
const isSizes = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((size) => typeof size === "number" && Number.isSafeInteger(size) && size >= 0);
