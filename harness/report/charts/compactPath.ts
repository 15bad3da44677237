/** A path as Vega writes it, and where its origin stands, px. */
export interface PlacedPath {
  readonly path: string;
  readonly x: number;
  readonly y: number;
}

type Point = readonly [x: number, y: number];

const steps = /([MLhvAZ])([^A-DF-Za-df-z]*)/g;
const lengths: Readonly<Record<string, number>> = { M: 2, L: 2, A: 7, h: 1, v: 1, Z: 0 };

interface Step {
  readonly letter: string;
  readonly numbers: readonly number[];
}

/** Undefined where a path has other steps, or several of one letter. */
const stepsOf = (path: string): readonly Step[] | undefined => {
  const found: Step[] = [];
  let read = 0;
  for (const [step, letter = "", rest = ""] of path.matchAll(steps)) {
    read += step.length;
    const numbers = rest === "" ? [] : rest.split(",").map(Number);
    if (numbers.length !== lengths[letter] || numbers.some(Number.isNaN)) return undefined;
    found.push({ letter, numbers });
  }
  return read === path.length && found[0]?.letter === "M" ? found : undefined;
};

/** Hundredths of a px, as whole numbers: steps that follow each other add up to the very place. */
const hundredths = (px: number): number => Math.round(100 * px);

const written = (value: number): string => String(value / 100).replace(/^(-?)0\./, "$1.");

/** How far a point may lie from the straight way past it to be left out, hundredths of a px. */
const straight = 2;

/** Whether all points between two of a line lie on the straight way between these. */
const isStraight = (line: readonly Point[], from: number, to: number): boolean => {
  const [[x, y], [endX, endY]] = [line[from] ?? [0, 0], line[to] ?? [0, 0]];
  const [dx, dy] = [endX - x, endY - y];
  const length = Math.hypot(dx, dy);
  for (let i = from + 1; i < to; i++) {
    const [px, py] = line[i] ?? [0, 0];
    const along = (px - x) * dx + (py - y) * dy;
    if (along < 0 || along > length ** 2 || Math.abs((px - x) * dy - (py - y) * dx) > straight * length) return false;
  }
  return true;
};

/** The points of a line without those that are on the way from the one before to the one behind. */
const bends = (line: readonly Point[]): readonly Point[] => {
  const kept = line.slice(0, 1);
  for (let from = 0; from < line.length - 1; ) {
    let to = from + 1;
    while (to + 1 < line.length && isStraight(line, from, to + 1)) to++;
    kept.push(line[to] ?? [0, 0]);
    from = to;
  }
  return kept;
};

/** Writes a path by relative steps, in as few characters as they can be said. */
const pathWriter = () => {
  let text = "";
  let last = "";
  let [atX, atY] = [0, 0];
  const step = (letter: string, numbers: readonly string[], to: Point): void => {
    // A step like the one before, and a line behind a relative move, need no letter; a sign parts two numbers as well as a comma. The first move of all is from the origin.
    const named = letter === "m" || (letter !== last && !(letter === "l" && last === "m"));
    text += numbers.reduce(
      (made, number, i) => `${made}${(i === 0 && named) || number.startsWith("-") ? "" : i === 0 ? " " : ","}${number}`,
      named ? letter : "",
    );
    last = letter;
    [atX, atY] = to;
  };
  return {
    text: (): string => text,
    move: (to: Point): void => step("m", [written(to[0] - atX), written(to[1] - atY)], to),
    line: (to: Point): void => {
      const [dx, dy] = [written(to[0] - atX), written(to[1] - atY)];
      if (dy === "0") step("h", [dx], to);
      else if (dx === "0") step("v", [dy], to);
      else step("l", [dx, dy], to);
    },
    arc: (shape: readonly string[], to: Point): void => step("a", [...shape, written(to[0] - atX), written(to[1] - atY)], to),
    close: (start: Point): void => step("z", [], start),
  };
};

/**
 * Paths one after the other as one, of the same places to hundredths of a px, in less than half as many characters: by relative steps, and without points in the middle of straight ways. Undefined where
 * one has other steps than Vega's M, L, A, h, v and Z, one a letter.
 */
export const compactPath = (paths: readonly PlacedPath[]): string | undefined => {
  const writer = pathWriter();
  const known = new Map<string, readonly Step[] | undefined>();
  for (const { path, x: left, y: top } of paths) {
    if (!known.has(path)) known.set(path, stepsOf(path));
    const found = known.get(path);
    if (found === undefined) return undefined;
    const placed = ([x = 0, y = 0]: readonly number[]): Point => [hundredths(left) + hundredths(x), hundredths(top) + hundredths(y)];
    let start: Point = [0, 0];
    let at: Point = [0, 0];
    /** from where nothing is written yet */
    let line: Point[] = [];
    const endLine = (): void => {
      for (const to of bends(line).slice(1)) writer.line(to);
      line = [at];
    };
    for (const { letter, numbers } of found) {
      const [number = 0] = numbers;
      const to: Point =
        letter === "h"
          ? [at[0] + hundredths(number), at[1]]
          : letter === "v"
            ? [at[0], at[1] + hundredths(number)]
            : letter === "Z"
              ? start
              : placed(numbers.slice(-2));
      if (letter === "M" || letter === "A" || letter === "Z") endLine();
      if (letter === "M") {
        writer.move(to);
        start = to;
      } else if (letter === "A") writer.arc([...numbers.slice(0, 2).map((px) => written(hundredths(px))), ...numbers.slice(2, 5).map(String)], to);
      else if (letter === "Z") writer.close(to);
      at = to;
      if (letter === "M" || letter === "A" || letter === "Z") line = [to];
      else line.push(to);
    }
    endLine();
  }
  return writer.text();
};
