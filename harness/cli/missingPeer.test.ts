import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { testAdapter } from "../testAdapter.ts";
import { attnbench, emptyFolder } from "./testCommand.ts";

afterEach(() => vi.unstubAllEnvs());

/** A module loader's hook that knows of no onnxruntime-node, so that this holds on a machine where it is installed. */
const hook = `export const resolve = (name, context, next) => {
  if (name === "onnxruntime-node") throw Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
  return next(name, context);
}`;
const moduleUrl = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;

describe("without the optional package of a peer", () => {
  it("its cells are skipped with the command that installs it, and everything else runs", async () => {
    const register = `import { register } from "node:module"; register(${JSON.stringify(moduleUrl(hook))});`;
    vi.stubEnv("NODE_OPTIONS", `--import=${moduleUrl(register)}`);
    const folder = emptyFolder();
    const text = `name: beside
phase: decode
mechanisms: [linear, { use: linear, runtime: ort }]
axes: { n: [64, 128] }
fixed: { heads: 2, headDim: 64 }
measure: { precision: 50%, maxTime: 10s }
`;
    writeFileSync(join(folder, "beside.yaml"), text);
    const { code, stdout, stderr } = await attnbench(["run", "beside.yaml", "--adapter", testAdapter], folder);
    expect(code).toBe(0);
    const reason = "the optional package onnxruntime-node is not installed: npm i --no-save -P onnxruntime-node@1.30.0 --ignore-scripts";
    expect(stdout).toContain(`Not compared with ONNX Runtime: linear decode, n = 64 and 128 (ONNX Runtime: ${reason}).`);
    expect(stderr).toContain(reason);
    const run = stdout.match(/^results: (.+)$/m)?.[1] ?? "";
    const rows = readFileSync(join(folder, run, "measurements.csv"), "utf8");
    expect(rows.match(/,skipped,noFeature,/g)).toHaveLength(2);
    expect(rows.match(/,ok,/g)).toHaveLength(2);
  });
});
