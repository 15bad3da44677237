import type { ExpectedRow, Tensors } from "../mechanism.ts";
import { chosen } from "./choice.ts";
import { scoresOf, throughLayers } from "./reference.ts";
import { sizeOf } from "./router.ts";
import { routeOf, unwritten } from "./routes.ts";
import type { TextPlanning } from "./textPlan.ts";

/** Tokens of a written text, the prompt's and its stop token among them, without what stands behind. */
export const writtenOf = (text: ArrayLike<number>): readonly number[] => {
  const all = Array.from(text);
  const end = all.indexOf(unwritten);
  return end < 0 ? all : all.slice(0, end);
};

/**
 * The text by float64, with nothing kept between its tokens. Where `tensors` bring a text, each of its tokens is held against what float64 chooses behind those before it, and tokens whose lead
 * is not above `leastLead` times the size of the scores, where rounding may choose another, are left out, as are all from where on it may have chosen another expert and `tensors` do not tell which (routes.ts); else float64 writes by itself. Covers the prompt, each written token that is decided, all places behind the end, and the
 * scores of the last token. `planning`: of prefill, over all places.
 */
export const textReference = (planning: TextPlanning, tensors: Tensors, leastLead: number): readonly ExpectedRow[] => {
  const { length, text: shape, written: model } = planning;
  const given = shape.prompt.length;
  const text = tensors.text ? [...shape.prompt, ...untilStop(planning, writtenOf(tensors.text)).slice(given)] : freeText(planning, tensors);
  const through = throughLayers(model, tensors, padded(planning, text), {
    leastLead,
    followed: (layer, place) => routeOf(tensors, model.model, layer, place),
  });
  const firstOpen = Math.min(...through.open.map(({ row }) => row));
  const places = through.rows.slice(given - 1, text.length - 1);
  const rows: ExpectedRow[] = [{ buffer: "text", offset: 0, values: Float64Array.from(shape.prompt) }];
  for (const [i, place] of places.entries()) {
    if (given - 1 + i >= firstOpen) break;
    const [scores = new Float64Array()] = scoresOf(model, tensors, [place]);
    const { token, lead } = chosen(scores, given - 1 + i, shape);
    if (lead > leastLead * sizeOf(scores)) rows.push({ buffer: "text", offset: given + i, values: Float64Array.of(token) });
    if (i === places.length - 1) rows.push({ buffer: "scores", offset: 0, values: scores });
  }
  const ends = text.length === length || text.at(-1) === shape.stop;
  const behind = Array.from({ length: length - text.length }, () => unwritten);
  // A text that ends by itself, without its stop token, is wrong from there on: it has no number of a token there.
  return [...rows, ...(behind.length > 0 ? [{ buffer: "text", offset: text.length, values: Float64Array.from(ends ? behind : behind.map(() => 0)) }] : [])];
};

/** Behind its first stop token that is not given, nothing is of a text, whatever stands there. */
const untilStop = ({ text: { prompt, stop } }: TextPlanning, text: readonly number[]): readonly number[] => {
  const end = stop === undefined ? -1 : text.indexOf(stop, prompt.length);
  return end < 0 ? text : text.slice(0, end + 1);
};

/** All places that go through, those behind the newest with token 0. */
const padded = ({ length }: TextPlanning, text: readonly number[]): readonly number[] => Array.from({ length: length - 1 }, (_, place) => text[place] ?? 0);

/** Token after token, all of the text anew for each. */
const freeText = (planning: TextPlanning, tensors: Tensors): readonly number[] => {
  const { text: shape, length, written: model } = planning;
  const text = [...shape.prompt];
  while (text.length < length && (text.length === shape.prompt.length || text.at(-1) !== shape.stop)) {
    const row = throughLayers(model, tensors, padded(planning, text)).rows[text.length - 1];
    const [scores = new Float64Array()] = scoresOf(model, tensors, row ? [row] : []);
    text.push(chosen(scores, text.length - 1, shape).token);
  }
  return text;
};
