import { expect, it } from "vitest";
import { turnCount } from "./turnCount.ts";

const visited = (turns: readonly number[]) => ({ visits: turns.map((turn) => ({ worker: 0, turn, k: 1, gpuMs: [1], wallMs: [1] })) });

it("counts the turns of any number of visits, and none where there are none", () => {
  expect(turnCount([])).toBe(0);
  expect(turnCount([visited([]), visited([0, 4]), visited([2])])).toBe(5);
  const turns = Array.from({ length: 40 }, (_, turn) => turn);
  expect(turnCount(Array.from({ length: 10_000 }, () => visited(turns)))).toBe(40);
});
