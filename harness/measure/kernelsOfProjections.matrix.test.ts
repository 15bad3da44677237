import { lavapipeDriver } from "../device/adapters.ts";
import { testAdapter } from "../testAdapter.ts";
import { testProjections } from "./projectionTests.ts";

/** In the long table every candidate, and lavapipe's own: its subgroups are of eight lanes, which do not divide all inputs. */
testProjections({ name: "every variant", adapter: testAdapter, tried: () => 9 });
testProjections({ name: "every variant of GPUs", adapter: testAdapter, planFor: { software: false }, tried: () => 9 });
if (lavapipeDriver()) testProjections({ name: "own variants", adapter: "lavapipe", tried: () => 1 });
