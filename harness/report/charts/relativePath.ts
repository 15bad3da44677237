const steps = /([MLAhvZ])([^A-Za-z]*)/g;
const values: Readonly<Record<string, number>> = { M: 2, L: 2, A: 7, h: 1, v: 1, Z: 0 };

const rounded = (value: number): number => Math.round(value * 100) / 100;

/**
 * A path from the origin, as Vega writes symbols (M, L, A, h, v, Z, one step a letter), by steps that are relative: it can stand anywhere in a longer path. Hundredths of a px. Undefined where it has
 * other steps.
 */
export const relativePath = (path: string): string | undefined => {
  let [x, y] = [0, 0];
  let [startX, startY] = [0, 0];
  const made: string[] = [];
  let read = "";
  for (const [step, letter = "", rest = ""] of path.matchAll(steps)) {
    read += step;
    const numbers = rest === "" ? [] : rest.split(",").map(Number);
    if (numbers.length !== values[letter] || numbers.some(Number.isNaN)) return undefined;
    const [toX = x, toY = y] =
      letter === "h" ? [x + (numbers[0] ?? 0)] : letter === "v" ? [x, y + (numbers[0] ?? 0)] : letter === "Z" ? [startX, startY] : numbers.slice(-2);
    const way = letter === "h" || letter === "v" ? numbers : letter === "Z" ? [] : [...numbers.slice(0, -2), rounded(toX - x), rounded(toY - y)];
    made.push(`${letter.toLowerCase()}${way.join(",")}`);
    [x, y] = [toX, toY];
    if (letter === "M") [startX, startY] = [x, y];
  }
  return read === path ? made.join("") : undefined;
};
