import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseSafetensors } from "../exec/safetensors.ts";
import { type NamedTensors, readTensors, roundedTo, type Tensor, tensorFile } from "../exec/tensor.ts";
import { testAdapter } from "../testAdapter.ts";
import { attnbench, emptyFolder } from "./testCommand.ts";

/** The command itself: files, words and exit codes. What it computes is held to the truth in exec/exec.test.ts, by the library call that it is. */
const headDim = 32;
const tensor = (shape: readonly number[], value: (i: number) => number, dtype: Tensor["dtype"] = "f32"): Tensor =>
  roundedTo(dtype, { shape, values: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => value(i)) });
const line = (value: (i: number) => number, dtype: Tensor["dtype"] = "f32"): Tensor => tensor([1, 1, 1, headDim], value, dtype);

const q = line((i) => Math.sin(i));
const k = line((i) => Math.cos(2 * i));
const v = line((i) => (i - 9) / 7);

const folderWith = (files: Record<string, NamedTensors | Uint8Array>): string => {
  const folder = emptyFolder();
  for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents instanceof Uint8Array ? contents : tensorFile(contents));
  return folder;
};
const dot = (a: Tensor, b: Tensor): number => a.values.reduce((sum, x, i) => sum + x * (b.values[i] ?? 0), 0);
const near = (got: Tensor | undefined, expected: readonly number[]): void => {
  expect(got?.values).toHaveLength(expected.length);
  for (const [i, x] of expected.entries()) expect(got?.values[i]).toBeCloseTo(x, 4);
};

describe("exec", () => {
  it("writes o and the state, says what it did, and takes the state back", async () => {
    const folder = folderWith({ "in.safetensors": { q, k, v } });
    const first = ["exec", "linear", "--phase", "prefill", "--form", "recurrent", "--scale", "-1", "--tensors", "in.safetensors", "--out", "out.safetensors"];
    const { code, stdout, stderr } = await attnbench([...first, "--adapter", testAdapter, "--json"], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      mechanism: "linear",
      phase: "prefill",
      form: "recurrent",
      scale: -1,
      dtype: "f32",
      in: { q: [1, 1, 1, headDim] },
      out: "out.safetensors",
      tensors: { o: [1, 1, 1, headDim], state: [1, 1, headDim, headDim] },
      adapter: { name: expect.any(String) },
      tiles: expect.any(Object),
    });
    const bytes = readFileSync(join(folder, "out.safetensors"));
    expect(parseSafetensors(bytes).metadata).toMatchObject({ mechanism: "linear", form: "recurrent" });
    const { o, state } = readTensors(bytes);
    near(
      o,
      [...v.values].map((x) => -dot(q, k) * x),
    );
    near(
      state,
      [...k.values].flatMap((x) => [...v.values].map((y) => x * y)),
    );

    // The same token once more: what is read doubles.
    writeFileSync(join(folder, "next.safetensors"), tensorFile({ q, k, v, state: state as Tensor }));
    const next = ["exec", "linear", "--phase", "decode", "--tensors", "next.safetensors", "--out", "out.safetensors", "--adapter", testAdapter];
    const second = await attnbench(next, folder);
    expect(second).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringMatching(/^linear decode recurrent on .*: wrote o \[1, 1, 1, 32\], state \[1, 1, 32, 32\] as f32 to out/),
    });
    near(
      readTensors(readFileSync(join(folder, "out.safetensors"))).o,
      [...v.values].map((x) => (2 * dot(q, k) * x) / Math.sqrt(headDim)),
    );
    expect(readdirSync(folder).sort()).toEqual(["in.safetensors", "next.safetensors", "out.safetensors"]);
  });

  it("in f16 computes and rounds; a first token has no caches", async () => {
    const folder = folderWith({ "in.safetensors": { q: roundedTo("f16", q), k: roundedTo("f16", k), v: roundedTo("f16", v) } });
    const { code, stderr } = await attnbench(
      ["exec", "softmax", "--phase", "decode", "--tensors", "in.safetensors", "--out", "out.safetensors", "--adapter", testAdapter],
      folder,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("not given, so empty or zeros: kCache, vCache") });
    // By kernels of f16 where there are some; it says so where there are not.
    if (testAdapter === "embedded") expect(stderr).toContain("no f16 kernels of it run here: widened to f32, rounded at the end");
    // Of one key the softmax is 1.
    expect(readTensors(readFileSync(join(folder, "out.safetensors")))).toEqual({
      o: roundedTo("f16", v),
      kCache: roundedTo("f16", k),
      vCache: roundedTo("f16", v),
    });
  });

  it("refuses what cannot be computed, read or written before a device is opened: one message, exit 2, nothing written", async () => {
    const good = { q, k, v };
    const folder = folderWith({
      "in.safetensors": good,
      "cut.safetensors": tensorFile(good).subarray(0, 300),
      "nan.safetensors": { ...good, v: line((i) => (i === 5 ? Number.NaN : 0)) },
    });
    symlinkSync("in.safetensors", join(folder, "link.safetensors"));
    const left = readdirSync(folder).sort();
    const cases: [args: string[], expected: RegExp][] = [
      [["cut.safetensors", "--out", "o"], /^cut\.safetensors: \w: data_offsets \[\d+,\d+\] go beyond the \d+ bytes of data: the file is cut off\n$/],
      [["none.safetensors", "--out", "o"], /^--tensors none\.safetensors: no such file\n$/],
      [["nan.safetensors", "--out", "o"], /^v: NaN at \[0, 0, 0, 5\]; accepted are finite values\n$/],
      [["in.safetensors", "--out", "o", "--set", "chunks=32"], /^linear has no parameter chunks; .*did you mean chunk\?\n$/],
      [
        ["in.safetensors", "--out", "o", "--set", "featureMap=elu+1", "--set", "normalized=true", "--scale", "2"],
        /^scale 2: normalized takes none, since .*; leave the scale out\n$/,
      ],
      [["in.safetensors", "--out", "link.safetensors"], /^--out link\.safetensors: it is the file of --tensors/],
      [["in.safetensors", "--out", "/dev/null"], /^--out \/dev\/null: no regular file/],
      [["in.safetensors", "--out", "none/o"], /^--out none\/o: there is no folder none\n$/],
      [["in.safetensors"], /required option '--out <file>' not specified/],
    ];
    for (const [args, expected] of cases) {
      const { code, stdout, stderr } = await attnbench(["exec", "linear", "--phase", "prefill", "--adapter", "no such adapter", "--tensors", ...args], folder);
      expect(stderr).toMatch(expected);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    }
    expect(readdirSync(folder).sort()).toEqual(left);
  });

  it("without an adapter of that name ends with 4", async () => {
    const folder = folderWith({ "in.safetensors": { q, k, v } });
    const args = ["exec", "linear", "--phase", "decode", "--tensors", "in.safetensors", "--out", "o", "--adapter", "no such adapter"];
    expect(await attnbench(args, folder)).toMatchObject({ code: 4, stdout: "", stderr: expect.stringContaining("no usable adapter") });
  });
});
