import type { Draw } from "./draw.ts";
import { hostileTexts } from "./hostile.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Stands for a number that JSON.parse makes Infinity of. */
const infinite = "@1e999@";

const nested = (levels: number): Json => {
  let value: Json = 1;
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { a: value };
  return value;
};

const others = (draw: Draw): Json =>
  draw.one<() => Json>([
    () => null,
    () => draw.one(hostileTexts),
    () => "x".repeat(draw.one([300, 200_000])),
    () => [],
    () => ({}),
    () => [[], {}, null],
    () => nested(draw.one([3, 100, 3000])),
    () => ({ toString: 1, valueOf: null, length: 1e9 }),
    () => infinite,
    () => draw.one([true, false]),
    () => numberLike(1, draw),
  ])();

const numberLike = (value: number, draw: Draw): number =>
  draw.one([
    0,
    -0,
    1,
    2,
    -1,
    0.5,
    value * 1000,
    value / 1000,
    value + 1,
    -value,
    2 ** 27,
    2 ** 31,
    2 ** 53,
    1e-320,
    1e-15,
    1e12,
    1e30,
    1e300,
    1.7e308,
    Number.MIN_VALUE,
  ]);

/** Every number in it 0: a clock that stands, a kernel of no bytes. */
const stilled = (value: Json): Json => {
  if (typeof value === "number") return 0;
  if (Array.isArray(value)) return value.map(stilled);
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stilled(inner)])) : value;
};

/** Another value of the same type: what a check of types alone lets through. */
const alike = (value: Json, draw: Draw): Json => {
  if (typeof value === "number") return numberLike(value, draw);
  if (typeof value === "string") return draw.one(hostileTexts);
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) {
    return draw.one<() => Json>([
      () => [],
      () => value.toReversed(),
      () => value.slice(0, draw.below(value.length + 1)),
      () => [...value, ...value],
      () => value.map(() => structuredClone(value[0] ?? null)),
      () => Array.from({ length: 2000 }, () => value[0] ?? 0),
      () => stilled(value),
    ])();
  }
  if (value === null) return 0;
  const keys = Object.keys(value);
  const key = draw.any(keys);
  return draw.one<() => Json>([
    () => Object.fromEntries(keys.filter((other) => other !== key).map((other) => [other, value[other] ?? null])),
    () => ({ ...value, [draw.one(hostileTexts)]: key === undefined ? 1 : (value[key] ?? null) }),
    () => Object.fromEntries(keys.toReversed().map((other) => [other, value[other] ?? null])),
    () => stilled(value),
  ])();
};

/** Goes down at random and changes what it comes to, mostly a leaf. */
const changedWithin = (value: Json, draw: Draw, depth = 0): Json => {
  if (typeof value === "object" && value !== null && !(depth > 0 && draw.chance(0.12))) {
    if (Array.isArray(value)) {
      const at = draw.below(Math.max(1, value.length));
      if (value.length > 0) return value.map((one, place) => (place === at ? changedWithin(one, draw, depth + 1) : one));
    } else {
      const key = draw.any(Object.keys(value));
      if (key !== undefined) return { ...value, [key]: changedWithin(value[key] ?? null, draw, depth + 1) };
    }
  }
  return draw.chance(0.6) ? alike(value, draw) : others(draw);
};

/** JSON text of a value with one to three changes at random paths. */
export const mutatedJson = (value: unknown, draw: Draw, indent?: number): string => {
  let changed = value as Json;
  for (let left = 1 + draw.below(3); left > 0; left--) changed = changedWithin(changed, draw);
  return (JSON.stringify(changed, undefined, indent) ?? "null").replaceAll(JSON.stringify(infinite), "1e999");
};

/** A journal with changed, cut, doubled, swapped and missing lines. */
export const mutatedJournal = (text: string, draw: Draw): string => {
  const lines = text.trimEnd().split("\n");
  for (let left = 1 + draw.below(6); left > 0; left--) {
    const [a, b] = [draw.below(lines.length), draw.below(lines.length)];
    const line = lines[a] ?? "";
    draw.one([
      () => lines.splice(a, 1),
      () => lines.splice(b, 0, line),
      () => {
        lines[a] = lines[b] ?? "";
        lines[b] = line;
      },
      () => {
        lines[a] = line.slice(0, draw.below(line.length + 1));
      },
      () => lines.splice(a, 0, draw.one(["", "null", "[]", "{}", '{"type":"visit"}', '{"type":"toString"}', "\u0000\u0001", "[".repeat(10_000), '"', "1e999"])),
      () => {
        lines[a] = jsonChanged(line, draw);
      },
      () => {
        lines[a] = jsonChanged(line, draw);
      },
      () => {
        lines[a] = jsonChanged(line, draw);
      },
    ])();
  }
  return lines.join(draw.one(["\n", "\n", "\n", "\r\n"])) + draw.one(["\n", ""]);
};

const jsonChanged = (line: string, draw: Draw): string => {
  try {
    return mutatedJson(JSON.parse(line), draw);
  } catch {
    return line;
  }
};
