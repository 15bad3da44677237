import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** The parts keep to their places: who may import whom (DESIGN §3). Types may cross, since they leave nothing behind. */
const root = fileURLToPath(new URL("..", import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
}

const sources = ["harness", "kernels"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => join(folder, name)),
);

const importsOf = (file: string): Import[] =>
  [...readFileSync(join(root, file), "utf8").matchAll(/^(?:import|export)\s(?!type\b)(?:[^;]*?\sfrom\s)?"([^"]+)"|\bimport\("([^"]+)"\)/gm)].map((match) => {
    const target = match[1] ?? match[2] ?? "";
    return { from: file, to: target.startsWith(".") ? normalize(join(dirname(file), target)) : target };
  });

const imports = sources.flatMap(importsOf);
const offending = (of: (file: string) => boolean, to: (target: string) => boolean): string[] =>
  imports.filter(({ from, to: target }) => of(from) && to(target)).map(({ from, to: target }) => `${from} imports ${target}`);
const inside = (folder: string) => (path: string) => path.startsWith(`${folder}/`);
const outside = (folder: string) => (path: string) => !path.startsWith(`${folder}/`);

describe("imports", () => {
  it("were found", () => {
    expect(imports.length).toBeGreaterThan(200);
    expect(imports).toContainEqual({ from: "harness/device/openDevice.ts", to: "webgpu" });
  });
  it("of webgpu stand in harness/device alone", () => expect(offending(outside("harness/device"), (to) => to === "webgpu")).toEqual([]));
  it("of tinybench stand in harness/measure alone", () => expect(offending(outside("harness/measure"), (to) => to === "tinybench")).toEqual([]));
  it("of onnxruntime-node stand in harness/measure/peers alone, and wait until a peer is asked for", () => {
    expect(offending(outside("harness/measure/peers"), (to) => to === "onnxruntime-node")).toEqual([]);
    expect(imports).toContainEqual({ from: "harness/measure/peers/onnxRuntime.ts", to: "onnxruntime-node" });
    expect(readFileSync(join(root, "harness/measure/peers/onnxRuntime.ts"), "utf8")).not.toMatch(/^import (?!type)[^;]*"onnxruntime-node"/m);
  });
  it("of gpt-tokenizer stand in harness/tokenizer alone, and wait until a text is to be cut", () => {
    expect(offending(outside("harness/tokenizer"), (to) => to.startsWith("gpt-tokenizer"))).toEqual([]);
    expect(imports).toContainEqual({ from: "harness/tokenizer/encoding.ts", to: "gpt-tokenizer/encoding/cl100k_base" });
    expect(readFileSync(join(root, "harness/tokenizer/encoding.ts"), "utf8")).not.toMatch(/^import (?!type)[^;]*"gpt-tokenizer/m);
  });
  it("of harness do not stand in kernels", () => expect(offending(inside("kernels"), inside("harness"))).toEqual([]));
  it("leave the contract of a mechanism without any", () =>
    expect(
      offending(
        (from) => from === "kernels/mechanism.ts",
        () => true,
      ),
    ).toEqual([]));
  for (const part of ["experiment", "analysis", "report"]) {
    it(`keep harness/${part} away from devices, workers, disks and the console`, () =>
      expect(offending(inside(`harness/${part}`), (to) => /^harness\/(device|measure|cli)\/|^node:(fs|child_process|os)|^webgpu$/.test(to))).toEqual([]));
  }
  it("keep harness/exec pure but for exec.ts, which opens a worker", () =>
    expect(
      offending(
        (from) => inside("harness/exec")(from) && from !== "harness/exec/exec.ts",
        (to) => /^harness\/(device|measure|cli)\/|^node:|^webgpu$/.test(to),
      ),
    ).toEqual([]));
  it("of the command line stand nowhere else", () => expect(offending(outside("harness/cli"), inside("harness/cli"))).toEqual([]));
  it("leave the console to the command line", () => {
    const writers = sources.filter(
      (file) => !file.startsWith("harness/cli/") && /process\.(stdout|stderr)\.write|\bconsole\./.test(readFileSync(join(root, file), "utf8")),
    );
    expect(writers).toEqual([]);
  });
});
