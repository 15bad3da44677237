import { Bench } from "tinybench";

/**
 * One visit's samples through tinybench, the sampler of this project: each call of the task is one pass, its duration is given by the
 * device's clock instead of tinybench's own. Turns, visits and stopping are ours, so it runs exactly `count` iterations and no warm-up.
 * `measure(i)` gives pass i's duration per repetition in ms. Returns the durations in the order they were taken. Rethrows what measure throws.
 */
export const sample = async (name: string, count: number, begin: () => Promise<void>, measure: (index: number) => Promise<number>): Promise<number[]> => {
  const taken: number[] = [];
  const bench = new Bench({ iterations: count, time: 0, warmup: false, throws: true, retainSamples: true });
  bench.add(
    name,
    async () => {
      const ms = await measure(taken.length);
      taken.push(ms);
      return { overriddenDuration: ms };
    },
    { async: true, beforeAll: begin },
  );
  await bench.run();
  return taken;
};
