import { testAdapter } from "../testAdapter.ts";
import { testProjections } from "./projectionTests.ts";

/** Of rows of which one case adds and one is gated the largest tiles too, which take a second to compile; the long table tries all. */
const tried: ReadonlyMap<number, number> = new Map([
  [17, 2],
  [70, 2],
]);

testProjections({ name: "own variants", adapter: testAdapter, tried: () => 1 });
testProjections({ name: "variants of GPUs", adapter: testAdapter, planFor: { software: false }, tried: (rows) => tried.get(rows) ?? 1 });
