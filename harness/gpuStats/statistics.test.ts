import { describe, expect, it } from "vitest";
import { byKernel, kernelMark, statisticsOf } from "./statistics.ts";

const said = (registers: number, spilled: number): string => `Compute Shader
disasm:
BB0:
	v_mul_f32_e32 v1, 2.0, v1                                   ; 100202f4
	s_endpgm                                                    ; bfb00000


Compute Shader:
*** SHADER STATS ***
Driver pipeline hash: 7876729754769831437
SGPRs: 128
VGPRs: ${registers}
Spilled SGPRs: 2
Spilled VGPRs: ${spilled}
Code size: 72
LDS size: 4096
Scratch size: 0
Subgroups per SIMD: 16
Instructions: 14
Latency: 686
Inverse Throughput: 43
Pre-Sched VGPRs: 7
********************

`;

describe("the compiler's output", () => {
  it("is cut at the marks, whatever was said before the first", () => {
    const output = `ac_compute_device_uuid's output is based on invalid pci bus info.\n${kernelMark(0)}${said(12, 0)}${kernelMark(11)}${said(96, 5)}${kernelMark(2)}`;
    const texts = byKernel(output);
    expect([...texts.keys()]).toEqual([0, 11, 2]);
    expect(statisticsOf(texts.get(0) ?? "").registers).toBe(12);
    expect(statisticsOf(texts.get(11) ?? "").registers).toBe(96);
    expect(texts.get(2)).toBe("");
  });

  it("becomes numbers; spills are of both kinds of registers", () => {
    expect(statisticsOf(said(96, 5))).toEqual({ registers: 96, spills: 7, ldsBytes: 4096, subgroups: 16, instructions: 14, inverseThroughput: 43 });
  });

  it("that lacks a number is refused with its name", () => {
    expect(() => statisticsOf(said(96, 5).replace(/^LDS size.*\n/m, ""))).toThrow("the compiler's statistics lack LDS size");
    expect(() => statisticsOf("")).toThrow("lack VGPRs");
  });
});
