import { execFileSync } from "node:child_process";
import { closeSync, constants, existsSync, mkdtempSync, openSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { smallShape } from "../../kernels/testShape.ts";
import type { Cell } from "../experiment/experiment.ts";
import { testAdapter } from "../testAdapter.ts";
import { type Connection, connector } from "./connection.ts";
import { assertSame } from "./offload.ts";
import { readState, writeState } from "./stateFile.ts";

const mechanisms = await loadMechanisms(builtInKernels);

/** As wide as two heads of 32, and half as long to compile. */
const narrowHeads = { heads: 4, kvHeads: 4, headDim: 16, headDimV: 16 } as const;

const cellOf = (name: string, form: string, n: number, change: Partial<Cell> = {}): Cell => {
  const mechanism = mechanisms.find((one) => one.name === name);
  if (!mechanism) throw new Error(`no ${name}`);
  const shape = {
    mechanism: name,
    label: name,
    form,
    phase: "offload",
    n,
    ...smallShape(mechanism),
    ...narrowHeads,
    ...change,
  } as const;
  return { ...shape, id: JSON.stringify([name, form, n, change]) };
};

/** On a disk, as what tests make elsewhere may lie in memory. */
const folderOnDisk = (): string => mkdtempSync(join(process.cwd(), "dist", "test-states-"));

/** Of workers; their command keeps shaders beside them. */
const ownFolders = (folder: string): readonly string[] => readdirSync(folder).filter((name) => name.startsWith("attnbench-states-"));

const failureOf = (work: () => void): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return [code, message];
  }
};

const askedOf = (connection: Connection, cell: Cell) => connection.worker.ask("prepare", { cell, seed: 7, rotateBytes: 0 }, 60_000);

/** Workers take the environment that they are started in. */
const connectedIn = async (folder: string): Promise<Connection> => {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    return await connector(testAdapter, { mode: "checking", kernels: [], memoryBudgetBytes: 2 ** 28 })("wall");
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
};

describe("the file of a state", () => {
  const folder = folderOnDisk();
  afterAll(() => rmSync(folder, { recursive: true }));
  const parts = () => [Uint8Array.from({ length: 300_000 }, (_, i) => i % 251), Uint8Array.of(1, 2, 3)];

  it("gives back what it was given", () => {
    const file = join(folder, "whole");
    writeState(file, parts());
    const read = parts().map(({ length }) => new Uint8Array(length));
    readState(file, read);
    expect(read.map((part, i) => Buffer.compare(part, parts()[i] as Uint8Array))).toEqual([0, 0]);
  });

  // 8 MiB come at a time, in blocks of 4 KiB.
  it.each([[[1]], [[4095, 2]], [[4096]], [[3, 2 ** 23 - 3]], [[2 ** 23, 1]], [[5_000_001, 0, 12_000_000, 1, 7]]])(
    "gives back parts of %j bytes, wherever they end",
    (sizes) => {
      const file = join(folder, "sizes");
      const written = sizes.map((size) => {
        const part = new Uint8Array(size);
        for (let i = 0; i < size; i++) part[i] = (i * 31 + (i >> 12)) % 253;
        return part;
      });
      writeState(file, written);
      const read = sizes.map((size) => new Uint8Array(size));
      readState(file, read);
      expect(read.map((part, i) => Buffer.compare(part, written[i] as Uint8Array))).toEqual(sizes.map(() => 0));
    },
  );

  it("is read past the page cache exactly where the system opens files so", () => {
    const file = join(folder, "past");
    writeState(file, parts());
    const opens = (): boolean => {
      try {
        closeSync(openSync(file, constants.O_RDONLY | constants.O_DIRECT));
        return true;
      } catch {
        return false;
      }
    };
    expect(readState(file, parts())).toBe(constants.O_DIRECT !== undefined && opens());
  });

  // A device takes no such reading, and is read as ever.
  it.runIf(process.platform === "linux")("is read through the page cache elsewhere", () => {
    const read = [Uint8Array.of(1, 2, 3)];
    expect(readState("/dev/zero", read)).toBe(false);
    expect(read).toEqual([Uint8Array.of(0, 0, 0)]);
  });

  it.each([[300_001], [4096], [0]])("is short with %i bytes", (length) => {
    const file = join(folder, "short");
    writeState(file, parts());
    truncateSync(file, length);
    expect(failureOf(() => readState(file, parts()))).toEqual(["shortFile", `the file of a state has ${length} bytes, 300003 were written`]);
  });

  it.runIf(process.platform === "linux")("meets a full disk", () => {
    expect(failureOf(() => writeState("/dev/full", parts()))).toEqual([
      "diskFull",
      "writing a state failed: ENOSPC in write; make room where temporary files go, or name another place by TMPDIR",
    ]);
  });

  it("has no folder to lie in", () => {
    writeFileSync(join(folder, "file"), "");
    expect(failureOf(() => writeState(join(folder, "file", "state"), parts()))).toEqual([
      "diskError",
      "writing a state failed: ENOTDIR in open; TMPDIR names another place for temporary files",
    ]);
    expect(failureOf(() => readState(join(folder, "gone"), parts()))).toEqual([
      "diskError",
      "reading a state failed: ENOENT in open; TMPDIR names another place for temporary files",
    ]);
  });
});

describe("bytes that came back", () => {
  const sent = [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5, 6, 7, 8)];
  it.each([
    ["all", sent, undefined],
    ["one bit less", [sent[0], Uint8Array.of(5, 6, 6, 8)], "state vCache: byte 2 went out as 7 and came back as 6"],
    ["zeros", [new Uint8Array(4), new Uint8Array(4)], "state kCache: byte 0 went out as 1 and came back as 0"],
    ["too few", [sent[0]], "state vCache: byte 0 went out as 5 and came back as undefined"],
  ])("are %s", (_, returned, message) => {
    expect(failureOf(() => assertSame(["kCache", "vCache"], sent, returned as typeof sent))).toEqual(message && ["wrongOutput", message]);
  });
});

const model = { layers: 3, width: 64, vocab: 100, feedForward: { kind: "gated", hidden: 96 }, rotary: true, tied: false, recomputes: false } as const;

const cells = [
  ...["softmax", "linear", "gatedDeltaNet"].flatMap((name) => ["host", "disk", "recompute"].map((form) => cellOf(name, form, 70))),
  ...["host", "disk", "recompute"].map((form) => cellOf("softmax", form, 33, { batch: 2, kvHeads: 2 })),
  cellOf("softmax", "disk", 300, { parameters: { window: 65, sinks: 3 } }),
  // A whole model: its cache, and all of its tokens through it anew; and one that keeps a cache and states.
  ...["host", "disk", "recompute"].map((form) => cellOf("softmax", form, 33, { model })),
  ...["disk", "recompute"].map((form) => cellOf("softmax", form, 21, { model: { ...model, pattern: ["gatedDeltaNet", "softmax"] } })),
  cellOf("softmax", "recompute", 1, { model }),
  // A state of few tokens has rows of keys that are small by chance.
  ...[1, 2, 3].map((n) =>
    cellOf("linear", "recompute", n, { heads: 1, kvHeads: 1, headDim: 128, headDimV: 128, dModel: 128, model: { ...model, width: 128 } }),
  ),
  cellOf("gatedDeltaNet", "recompute", 1, {
    heads: 1,
    kvHeads: 1,
    headDim: 128,
    headDimV: 128,
    dModel: 128,
    model: { ...model, layers: 4, width: 128, pattern: ["gatedDeltaNet", "gatedDeltaNet", "gatedDeltaNet", "softmax"] },
  }),
  cellOf("kda", "recompute", 1, { model: { ...model, pattern: ["kda", "gla", "deltaNet"] } }),
  cellOf("softmax", "recompute", 70, {
    batch: 2,
    kvHeads: 2,
    model: { ...model, feedForward: { kind: "experts", hidden: 32, experts: 7, active: 3 } },
  }),
  cellOf("softmax", "recompute", 70, { parameters: { window: 30, sinks: 3 }, model }),
  cellOf("linear", "disk", 9, { parameters: { featureMap: "elu+1", normalized: true, chunk: 64, initialState: false } }),
];

describe(`a state that leaves the device and comes back, on ${testAdapter}`, () => {
  const folder = folderOnDisk();
  let connection: Connection;
  beforeAll(async () => {
    connection = await connectedIn(folder);
  });
  afterAll(async () => {
    await connection?.worker.close();
    rmSync(folder, { recursive: true });
  });

  it("is timed by the wall clock", () => {
    expect(connection.hello.clock.source).toBe("wall");
  });

  it.each(cells)("$id comes back to the byte, and the step that goes on with it is right", async (cell) => {
    const prepared = await askedOf(connection, cell);
    const visit = await connection.worker.ask("visit", { cell: cell.id, k: 2, samples: 3 }, 60_000);
    await connection.worker.ask("evict", { cell: cell.id }, 10_000);
    expect(prepared.maxError).toBeGreaterThan(0);
    expect(prepared.maxError).toBeLessThan(1e-4);
    expect(visit.gpuMs).toEqual([]);
    expect(visit.wallMs).toHaveLength(3);
    expect(visit.wallMs.every((ms) => ms > 0)).toBe(true);
    const moves = cell.form !== "recompute";
    expect(prepared.flops.executed === undefined).toBe(moves);
    expect(prepared.leastBytes === prepared.bytesByRole?.state).toBe(moves);
    expect(prepared.bytesByRole?.state).toBeGreaterThan(0);
    expect(visit.offload === undefined).toBe(!moves);
    if (visit.offload) expect(Math.min(visit.offload.outMs, visit.offload.stepMs)).toBeGreaterThan(0);
    // One visit's file is gone when the next begins.
    expect(ownFolders(folder).flatMap((own) => readdirSync(join(folder, own)))).toEqual([]);
  });
});

describe("the folder of states", () => {
  // Of more bytes than a file may have below.
  const disk = cellOf("linear", "disk", 9, { headDim: 32, headDimV: 32 });

  it("is removed when its worker ends, and by the next one where it was killed", async () => {
    const folder = folderOnDisk();
    const first = await connectedIn(folder);
    await askedOf(first, disk);
    const [own = ""] = ownFolders(folder);
    process.kill(Number(/\d+/.exec(own)?.[0]), "SIGKILL");
    await expect.poll(() => first.worker.alive).toBe(false);
    expect(ownFolders(folder)).toEqual([own]);
    const second = await connectedIn(folder);
    await askedOf(second, disk);
    expect(ownFolders(folder)).toHaveLength(1);
    expect(ownFolders(folder)).not.toEqual([own]);
    await second.worker.close();
    expect(ownFolders(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it.runIf(existsSync("/usr/bin/prlimit"))("is on a disk that fills up under a run: cells of this tier fail, and no other", async () => {
    const folder = folderOnDisk();
    const connection = await connectedIn(folder);
    await askedOf(connection, disk);
    const [own = ""] = ownFolders(folder);
    execFileSync("/usr/bin/prlimit", ["--pid", /\d+/.exec(own)?.[0] ?? "", "--fsize=4096"]);
    await expect(connection.worker.ask("visit", { cell: disk.id, k: 1, samples: 1 }, 60_000)).rejects.toMatchObject({
      code: "diskFull",
      message: expect.stringContaining("writing a state failed: EFBIG in write"),
    });
    expect(readdirSync(join(folder, own))).toEqual([]);
    expect((await askedOf(connection, cellOf("linear", "host", 9))).maxError).toBeGreaterThan(0);
    await connection.worker.close();
    rmSync(folder, { recursive: true });
  });

  it("is refused where it cannot be made", async () => {
    const folder = folderOnDisk();
    const connection = await connectedIn(folder);
    rmSync(folder, { recursive: true });
    await expect(askedOf(connection, disk)).rejects.toMatchObject({ code: "diskError" });
    // It costs the cell alone.
    expect((await askedOf(connection, cellOf("linear", "host", 9))).maxError).toBeGreaterThan(0);
    await connection.worker.close();
  });

  it.runIf(existsSync("/dev/shm"))("is refused where it would lie in memory", async () => {
    const folder = mkdtempSync("/dev/shm/attnbench-test-");
    const connection = await connectedIn(folder);
    await expect(askedOf(connection, disk)).rejects.toMatchObject({ code: "noFeature", message: expect.stringContaining("tmpfs") });
    await connection.worker.close();
    rmSync(folder, { recursive: true });
  });
});
