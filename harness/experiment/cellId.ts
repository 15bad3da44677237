import type { Mechanism, Shape } from "../../kernels/mechanism.ts";

/**
 * What a cell is called in files and links: softmax-tiled-n1024-h8-d64, and where they differ from the default -dv128, -kv2, -b4, -f16,
 * -kvf16, -statef16 and parameters such as -chunk32, -elu1; of a whole model its layers and width, -l4-w256, and the mixers of its layers, -3gatedDeltaNet-1softmax. Readable, not injective: unlike cells may come to one id.
 */
export const cellId = (mechanism: Mechanism, form: string, shape: Shape): string => {
  const parts = [mechanism.name, form, `n${shape.n}`, `h${shape.heads}`, `d${shape.headDim}`];
  if (shape.dModel !== shape.heads * shape.headDim) parts.push(`m${shape.dModel}`);
  if (shape.headDimV !== shape.headDim) parts.push(`dv${shape.headDimV}`);
  if (shape.kvHeads !== shape.heads) parts.push(`kv${shape.kvHeads}`);
  if (shape.batch !== 1) parts.push(`b${shape.batch}`);
  if (shape.dtype !== "f32") parts.push(shape.dtype);
  if (shape.kvDtype !== shape.dtype) parts.push(`kv${shape.kvDtype}`);
  if (shape.stateDtype !== "f32") parts.push(`state${shape.stateDtype}`);
  for (const [name, value] of Object.entries(shape.parameters)) {
    if (value === mechanism.parameters[name]?.default) continue;
    parts.push(value === true ? name : value === false ? `no-${name}` : typeof value === "string" ? value : `${name}${value}`);
  }
  if (shape.model) parts.push(`l${shape.model.layers}`, `w${shape.model.width}`, ...runsOf(shape.model.pattern ?? []));
  return parts.map(slug).join("-");
};

/** "3gatedDeltaNet", "1softmax": equal neighbours counted. */
const runsOf = (names: readonly string[]): readonly string[] => {
  const starts = names.flatMap((name, i) => (name === names[i - 1] ? [] : [i]));
  return starts.map((start, i) => `${(starts[i + 1] ?? names.length) - start}${names[start]}`);
};

/** Letters and digits of a text, other runs as one dash: safe in URLs and file names. */
export const slug = (text: string): string =>
  text
    .replaceAll("+", "")
    .replaceAll(/[^a-zA-Z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
