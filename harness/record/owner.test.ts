import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { isOwn, livingOwner, ownMark } from "./owner.ts";

describe("the process that a mark names", () => {
  it("lives, has ended, is another of its number, or is this one", () => {
    const parent = process.ppid;
    expect(livingOwner(`${parent} `)).toBe(parent);
    // No process has this number: it is beyond what Linux, macOS and Windows give.
    expect(livingOwner(`${2 ** 30} `)).toBeUndefined();
    expect(livingOwner(`${parent} 1 and more`)).toBeUndefined();
    expect(livingOwner("lock")).toBeUndefined();
    expect([livingOwner(ownMark()), isOwn(`${ownMark()} and more`)]).toEqual([undefined, true]);
  });

  it.runIf(process.platform === "linux")("has ended, though its parent never asks how", async () => {
    const parent = spawn("sh", ["-c", "sleep 0.3 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      const pid = Number(await new Promise((resolve) => parent.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()))));
      await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, "utf8")).toContain(") Z "));
      expect(livingOwner(`${pid} `)).toBeUndefined();
      expect(livingOwner(`${parent.pid} `)).toBe(parent.pid);
    } finally {
      parent.kill("SIGKILL");
    }
  });
});
