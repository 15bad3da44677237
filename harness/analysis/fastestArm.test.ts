import { describe, expect, it } from "vitest";
import { en } from "../messages/en.ts";
import { zh } from "../messages/zh.ts";
import { analyse } from "./analysis.ts";
import { fastestArm } from "./fastestArm.ts";
import { plantedRun } from "./planted.ts";

const form = (label: string, ms: (n: number, dModel: number) => number) => ({ label, family: "linear", ms, bytes: () => 1024 }) as const;
const chunk = form("linear chunk", (n) => 1e-3 * n);
const recurrent = form("linear recurrent", (n) => 2e-3 * n);
const naive = form("linear naive", (n) => 1e-6 * n * n + 5e-3 * n);
const ns = [128, 256, 512, 1024];

describe("the fastest of forms", () => {
  it("is told at the longest text that all have, with its ratio to the next and the interval", () => {
    const record = analyse(plantedRun({ ns, arms: [recurrent, naive, chunk], phase: "prefill" }));
    expect(fastestArm(record, "on this CPU emulation", "a prompt is read", en)).toBe(
      "On this CPU emulation, at 1,024 tokens a prompt is read fastest with linear attention (chunk), 2 times as fast as with linear attention (recurrent), the next (95 % interval 2 to 2).",
    );
    expect(fastestArm(record, "在此 CPU 模拟上", "读入提示词", zh)).toBe(
      "在此 CPU 模拟上，长 1,024 个 token 时，读入提示词用线性注意力（chunk）最快，速度是其次的线性注意力（recurrent）的 2 倍（95 % 置信区间 2 至 2）。",
    );
  });

  it("is of a length that all reached, where one ended before", () => {
    const planted = plantedRun({ ns, arms: [chunk, recurrent], phase: "prefill" });
    const ended = planted.cells.map((cell) =>
      cell.label === "linear recurrent" && cell.n > 512
        ? { ...cell, visits: [], outcome: { status: "censored", code: "timeCap", reason: "slow" } as const }
        : cell,
    );
    expect(fastestArm(analyse({ ...planted, cells: ended }), "here", "a prompt is read", en)).toContain("at 512 tokens a prompt is read fastest");
  });

  it("is not decided where the interval has 1 in it, and by shape where shapes differ", () => {
    const close = form("linear recurrent", (n) => 1.01e-3 * n);
    const noisy = analyse(plantedRun({ ns, arms: [chunk, close], phase: "prefill", noise: [0.05, 0.05, 0.05] }));
    expect(fastestArm(noisy, "here", "a prompt is read", en)).toMatch(
      /^Here, at 1,024 tokens it is not decided which is fastest: .* are too close, 1(\.\d)? times \(95 % interval/,
    );
    const shaped = form("linear recurrent", (n, dModel) => (dModel === 256 ? 3e-3 : 1e-4) * n);
    const both = analyse(plantedRun({ ns, arms: [chunk, shaped], phase: "prefill", dModels: [256, 512] }));
    expect(fastestArm(both, "here", "a prompt is read", en)).toMatch(
      /dModel 256 a prompt is read fastest with linear attention \(chunk\), .*; at 1,024 tokens and dModel 512 linear attention \(recurrent\), /,
    );
  });

  it("is nothing of one arm alone", () => {
    expect(fastestArm(analyse(plantedRun({ ns, arms: [chunk], phase: "prefill" })), "here", "a prompt is read", en)).toBeUndefined();
  });
});
