import { expect } from "vitest";
import type { Cell } from "../experiment/experiment.ts";
import type { Connection } from "./connection.ts";

/** A whole model's cell prepared and let go again: its scores are its float64 reference's. `mostMs`: what compiling it may take. */
export const expectTruth = async ({ worker }: Connection, cell: Cell, mostMs: number): Promise<void> => {
  const { maxError } = await worker.ask("prepare", { cell, seed: 7, rotateBytes: 0 }, mostMs);
  await worker.ask("evict", { cell: cell.id }, 10_000);
  expect(maxError).toBeGreaterThan(0);
  expect(maxError).toBeLessThan(1e-4);
};
