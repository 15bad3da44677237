/** Units of the page's own numbers (harness/analysis/format.ts), each in the base of its kind. */
const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  µs: 1e-3,
  ms: 1,
  s: 1e3,
  min: 6e4,
  h: 3.6e6,
  d: 8.64e7,
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  "%": 0.01,
};

/** What the first number in a cell's text stands for: "1.50 s [1.4 s, 1.6 s]" is 1500, "1,024" 1024; undefined where there is none. */
export const quantityIn = (text: string): number | undefined => {
  const [, digits = "", unit = ""] = /(-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)\s*([a-zA-Zµ%]*)/.exec(text) ?? [];
  return digits === "" ? undefined : Number(digits.replaceAll(",", "")) * (units[unit] ?? 1);
};
