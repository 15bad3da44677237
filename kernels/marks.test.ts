import { expect, it } from "vitest";
import { builtInKernels } from "./builtIn.ts";
import { loadMechanisms } from "./registry.ts";

it("no two of the linear family share a mark, a colour or a dash", async () => {
  const linear = (await loadMechanisms(builtInKernels)).filter(({ family }) => family === "linear");
  for (const of of [({ mark }) => mark, ({ colour }) => colour.light, ({ dash }) => String(dash)] satisfies readonly ((
    look: (typeof linear)[number]["look"],
  ) => string)[])
    expect(new Set(linear.map(({ look }) => of(look))).size).toBe(linear.length);
});
