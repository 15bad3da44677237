import { expect, test } from "vitest";
import { chosen, drawnFor } from "./choice.ts";

const scores = Float64Array.of(1, 3, 2.5, -4, 3);

test("the likeliest token, of equal ones the first, and by how much it leads", () => {
  expect(chosen(scores, 7, { temperature: 0, seed: 1 })).toEqual({ token: 1, lead: 0 });
  expect(chosen(scores.slice(0, 4), 7, { temperature: 0, seed: 1 })).toEqual({ token: 1, lead: 0.5 });
});

test("each token is drawn as often as the softmax over the temperature says", () => {
  const draws = 20_000;
  for (const temperature of [0.5, 1, 3]) {
    const counts = new Map<number, number>();
    for (let i = 0; i < draws; i++) {
      const { token } = chosen(scores, i % 500, { temperature, seed: Math.floor(i / 500) });
      counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    const weights = Array.from(scores, (score) => Math.exp(score / temperature));
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [token, weight] of weights.entries()) {
      const share = weight / all;
      expect(Math.abs((counts.get(token) ?? 0) / draws - share)).toBeLessThan(4.5 * Math.sqrt((share * (1 - share)) / draws) + 1e-9);
    }
  }
});

test("what is drawn lies within (0, 1) and in f32 without rounding, so that no noise is infinite", () => {
  for (let token = 0; token < 200_000; token++) {
    const drawn = drawnFor({ seed: 3 }, 5, token);
    expect(drawn > 0 && drawn < 1 && Math.fround(drawn) === drawn && Math.fround(1 - drawn) < 1).toBe(true);
  }
});

test("another position, seed or token draws another number", () => {
  const all = new Set<number>();
  for (let seed = 0; seed < 10; seed++) for (let at = 0; at < 10; at++) for (let token = 0; token < 10; token++) all.add(drawnFor({ seed }, at, token));
  expect(all.size).toBe(1000);
});
