import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseSafetensors } from "../exec/safetensors.ts";
import { type NamedTensors, readTensors, roundedTo, type Tensor, tensorFile } from "../exec/tensor.ts";
import { testAdapter } from "../testAdapter.ts";
import { CommandEnd, exitCode } from "./exit.ts";
import { written } from "./tensorFiles.ts";
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

  it("in f16 computes and rounds; a first token has no caches; a name may be as long as the disk takes", async () => {
    const folder = folderWith({ "in.safetensors": { q: roundedTo("f16", q), k: roundedTo("f16", k), v: roundedTo("f16", v) } });
    const out = "o".repeat(255);
    const { code, stderr } = await attnbench(
      ["exec", "softmax", "--phase", "decode", "--tensors", "in.safetensors", "--out", out, "--adapter", testAdapter],
      folder,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("not given, so empty or zeros: kCache, vCache") });
    // By kernels of f16 where there are some; it says so where there are not.
    if (testAdapter === "embedded") expect(stderr).toContain("no f16 kernels of it run here: widened to f32, rounded at the end");
    expect(readdirSync(folder).sort()).toEqual(["in.safetensors", out]);
    // Of one key the softmax is 1.
    expect(readTensors(readFileSync(join(folder, out)))).toEqual({
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
    symlinkSync("circle", join(folder, "circle"));
    // All holes: no disk has to have room for it.
    writeFileSync(join(folder, "large.safetensors"), "");
    truncateSync(join(folder, "large.safetensors"), 2 ** 31);
    const long = "n".repeat(256);
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
      [["in.safetensors", "--out", "o/"], /^--out o\/: a folder; name a file to write\n$/],
      [["in.safetensors", "--out", ""], /^--out: no file is named, its name is empty\n$/],
      [["in.safetensors", "--out", long], /^--out n+: its name is too long for the file system\n$/],
      [["in.safetensors", "--out", "circle"], /^--out circle: links lead from it in a circle\n$/],
      [["", "--out", "o"], /^--tensors: no file is named, its name is empty\n$/],
      [[long, "--out", "o"], /^--tensors n+: its name is too long for the file system\n$/],
      [["/dev/null", "--out", "o"], /^--tensors \/dev\/null: a device, which may have no end; a file is wanted\n$/],
      [["large.safetensors", "--out", "o"], /^--tensors large\.safetensors: it has 2 GiB or more; accepted are smaller files, since .*\n$/],
      ...(existsSync("/proc/self/limits")
        ? [[["in.safetensors", "--out", "/proc/o"], /^--out \/proc\/o: no file can be made in this folder; name a place in another\n$/] as [string[], RegExp]]
        : []),
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

  // How large files may be is limited as on a disk that fills up. A driver of the embedded adapter keeps memory in files, too.
  it.runIf(existsSync("/usr/bin/prlimit") && testAdapter === "embedded")("says that files may be no larger, and leaves what was there", () => {
    const folder = folderWith({ "in.safetensors": { q, k, v }, o: new TextEncoder().encode("of before") });
    const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
    const args = ["exec", "linear", "--phase", "decode", "--tensors", "in.safetensors", "--out", "o", "--adapter", testAdapter];
    const limited = (bytes: number) => {
      const env = { ...process.env, NO_COLOR: "1" };
      const { status, stdout, stderr } = spawnSync("/usr/bin/prlimit", [`--fsize=${bytes}`, process.execPath, cli, ...args], {
        cwd: folder,
        env,
        encoding: "utf8",
      });
      return { status, stdout, stderr };
    };
    // o and the state have 4,224 bytes.
    const told = "--out o: it would be larger than files may be here, 4000 bytes (ulimit -f); raise the limit\n";
    expect(limited(4000)).toEqual({ status: 2, stdout: "", stderr: told });
    const ended =
      "linear decode: the worker ended: signal SIGBUS: a file may have 5000 bytes at most here (ulimit -f), and the driver needs larger ones; raise the limit\n";
    expect(limited(5000)).toEqual({ status: 2, stdout: "", stderr: ended });
    expect(readdirSync(folder).sort()).toEqual(["in.safetensors", "o"]);
    expect(readFileSync(join(folder, "o"), "utf8")).toBe("of before");
  });

  it.each([
    ["ENOSPC", /^--out o: its disk is full; make room/],
    ["EDQUOT", /^--out o: this user's share of its disk is used up; make room/],
    ["EROFS", /^--out o: its disk can only be read$/],
    ["EIO", /^--out o: EIO: of the disk$/],
  ])("says what the disk says: %s", async (code, expected) => {
    const ended = await written("o", Promise.reject(Object.assign(new Error("EIO: of the disk"), { code }))).catch((error: unknown) => error);
    expect(ended).toBeInstanceOf(CommandEnd);
    expect(ended).toMatchObject({ code: exitCode.usage, message: expect.stringMatching(expected) });
  });

  it("without an adapter of that name ends with 4", async () => {
    const folder = folderWith({ "in.safetensors": { q, k, v } });
    const args = ["exec", "linear", "--phase", "decode", "--tensors", "in.safetensors", "--out", "o", "--adapter", "no such adapter"];
    expect(await attnbench(args, folder)).toMatchObject({ code: 4, stdout: "", stderr: expect.stringContaining("no usable adapter") });
  });
});
