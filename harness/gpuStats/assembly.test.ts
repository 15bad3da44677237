import { describe, expect, it } from "vitest";
import { weighedOperations } from "./assembly.ts";

const fma = "\tv_fma_f32 v3, v3, 2.0, s1                                   ; d6130003 0005e903";

describe("weighed operations", () => {
  it("are 2 of a multiply-add, 1 of a sum or product, twice that of packed halves, none of other instructions", () => {
    expect(weighedOperations(fma)).toBe(2);
    expect(weighedOperations("\tv_fmac_f32_e32 v1, v2, v3")).toBe(2);
    expect(weighedOperations("\tv_mul_f32_e32 v1, 2.0, v1")).toBe(1);
    expect(weighedOperations("\tv_subrev_f32_e32 v1, 2.0, v1")).toBe(1);
    expect(weighedOperations("\tv_pk_fma_f16 v1, v2, v3, v1")).toBe(4);
    expect(weighedOperations("\tv_fma_mix_f32 v1, v2, v3, v1")).toBe(2);
    expect(weighedOperations("\tv_add_u32_e32 v1, v2, v3\n\tv_mul_lo_u32 v1, v2, v3\n\tv_exp_f32_e32 v1, v2\n\tbuffer_load_b32 v1, v0, s[4:7], 0 offen")).toBe(
      0,
    );
  });

  it("are those of both halves of a dual instruction", () => {
    expect(weighedOperations("\tv_dual_fmac_f32 v1, v2, v3 :: v_dual_mul_f32 v4, v5, v6 ; c8c00501")).toBe(3);
  });

  it("count 8 times in a loop, 32 in a loop within it, twice that in each deeper one", () => {
    const nested = (depth: number, body: string): string =>
      depth === 0 ? body : `BB${depth}:\n${fma}\n${nested(depth - 1, body)}\n\ts_cbranch_scc0 BB${depth}                                            ; bfa1fcbb`;
    expect(weighedOperations(nested(1, ""))).toBe(2 * 8);
    expect(weighedOperations(nested(2, ""))).toBe(2 * (8 + 32));
    expect(weighedOperations(nested(3, ""))).toBe(2 * (8 + 32 + 64));
    expect(weighedOperations(nested(4, ""))).toBe(2 * (8 + 32 + 64 + 128));
  });

  it("count once more in loops that follow each other, and two branches back are one loop", () => {
    expect(weighedOperations(`BB1:\n${fma}\n\ts_cbranch_scc0 BB1\nBB2:\n${fma}\n\ts_branch BB2`)).toBe(2 * 16);
    expect(weighedOperations(`BB1:\n${fma}\n\ts_cbranch_vccz BB1\n${fma}\n\ts_branch BB1\nBB4:\n${fma}`)).toBe(2 * 17);
  });

  it("count half where a subgroup may branch over them, three quarters where threads may", () => {
    expect(weighedOperations(`\ts_cbranch_scc1 BB2\nBB1:\n${fma}\nBB2:\n${fma}`)).toBe(3);
    expect(weighedOperations(`\ts_cbranch_execz BB2\nBB1:\n${fma}\nBB2:\n${fma}`)).toBe(3.5);
    expect(weighedOperations(`\ts_cbranch_scc1 BB2\nBB1:\n${fma}\n\ts_branch BB3\nBB2:\n${fma}\nBB3:\n${fma}`)).toBe(1 + 1 + 2);
  });

  it("count in full behind a loop's end, which is a branch ahead as well", () => {
    expect(weighedOperations(`BB1:\n\ts_cbranch_scc1 BB3\nBB2:\n${fma}\n\ts_branch BB1\nBB3:\n${fma}`)).toBe(2 * 8 + 2);
  });
});
