import { describe, expect, it } from "vitest";
import { budgetSets } from "./budget.ts";
import { CommandEnd } from "./exit.ts";
import { repeatCommand } from "./repeatCommand.ts";

const flags = { set: ["axes.n=[64]"], adapter: "embedded", kernels: ["/home/me/kernels"], budget: "8s" };

describe("the command that a run is repeated by", () => {
  it("names the file as given, and every flag that changes what is measured", () => {
    expect(repeatCommand(["run"], "bench/sweep.yaml", { ...flags, filter: "n > 1", refine: "5%", tune: true }, { index: 1, of: 2, filled: 2 })).toBe(
      "npx attnbench run bench/sweep.yaml --set 'axes.n=[64]' --filter 'n > 1' --adapter embedded --kernels kernels --budget 8s --refine crossover=5% --tune --shard 1/2",
    );
  });

  it("of a duet names its commit", () => {
    expect(repeatCommand(["duet", "HEAD~1"], "bench/sweep.yaml", { ...flags, set: [], kernels: ["kernels"] })).toBe(
      "npx attnbench duet 'HEAD~1' bench/sweep.yaml --adapter embedded --kernels kernels --budget 8s",
    );
  });
});

it.each(["0s", "25h", "soon", ""])("--budget %s ends the command in its own words", (budget) => {
  expect(() => budgetSets(budget)).toThrow(CommandEnd);
  expect(() => budgetSets(budget)).toThrow(`--budget ${budget}: not a duration from 1s to 24h`);
});
