import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testAdapter } from "../testAdapter.ts";
import { attnbench, emptyFolder } from "./testCommand.ts";

const linear = new URL("../../dist/kernels/linear/definition.js", import.meta.url).href;
const definition = (more = ""): string => `
import family from ${JSON.stringify(linear)};
export default [{ ...family.find(({ name }) => name === "linear"), name: "echo" }];
${more}`;
const yaml = `name: mine
phase: [prefill, decode]
mechanisms: [linear, echo]
axes: { n: [64] }
fixed: { heads: 2, headDim: 16 }
measure: { precision: 0.1%, maxTime: { prefill: 1s, decode: 60s } }
`;

describe("--resume with --kernels that hold something else", () => {
  it("keeps no phase of the others and goes on with none, says why, and put back keeps and goes on with both", async () => {
    const folder = emptyFolder();
    const write = (text: string): void => writeFileSync(join(folder, "kernels/echo/definition.mjs"), text);
    mkdirSync(join(folder, "kernels/echo"), { recursive: true });
    writeFileSync(join(folder, "mine.yaml"), yaml);
    write(definition());
    /** Ctrl-C as soon as the second phase has all its cells, or goes on. */
    const begun = (...more: readonly string[]) => {
      let sent = false;
      return attnbench(["run", "mine.yaml", "--kernels", "kernels", "--adapter", testAdapter, ...more], folder, (text, signal) => {
        if (sent || !/2 ok +echo-recurrent|going on with/.test(text)) return;
        sent = true;
        signal("SIGINT");
      });
    };
    expect((await begun()).code).toBe(130);
    write(definition("// changed"));
    const other = await begun("--resume");
    expect(other.stderr).toMatch(
      /nothing to resume \(\S+ is unfinished, but its --kernels held something else: kernels \([0-9a-f]{8}\) then, kernels \([0-9a-f]{8}\) now; put back, /,
    );
    expect(other.stderr).not.toContain("kept as it is");
    expect(other.stderr).not.toContain("going on with");
    write(definition());
    const rest = await begun("--resume");
    expect(rest.stderr).toMatch(/complete, and kept as it is[\s\S]*going on with /);
    expect(rest.code).toBe(130);
    // A phase that other code has completed is no part of what this code tells.
    const prefill = join(folder, "results/mine-prefill");
    for (const run of readdirSync(prefill)) {
      const file = join(prefill, run, "run.json");
      const record = JSON.parse(readFileSync(file, "utf8"));
      writeFileSync(file, JSON.stringify({ ...record, environment: { ...record.environment, attnbench: { version: "0.0.1" } } }));
    }
    const byOther = await begun("--resume");
    expect(byOther.stderr).not.toContain("kept as it is");
    expect(byOther.stderr).toContain(
      "nothing to resume (no unfinished run of this experiment with these --set, --budget and --filter, of this shard, device and code)",
    );
  });
});
