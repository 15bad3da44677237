import { describe, expect, it } from "vitest";
import { html, verbatim } from "./html.ts";
import { unbroken } from "./unbroken.ts";

/** With the space that no line ends at as _. */
const shown = (text: string): string => unbroken(text).replaceAll("\u00a0", "_");

describe("numbers", () => {
  it.each([
    ["at headDim 32, at 64", "at headDim_32, at 64"],
    ["softmax at dModel 1024 (heads 8)", "softmax at dModel_1024 (heads_8)"],
    ["known to ±23 % or better", "known to ±23_% or better"],
    ["(95 % interval 12.3 µs to 1,024 KiB)", "(95_% interval 12.3_µs to 1,024_KiB)"],
    ["32,768 tokens, 85 times less, 340 tokens/s, 2.5 GB/s", "32,768_tokens, 85_times less, 340_tokens/s, 2.5_GB/s"],
    ["at n = 65,536, n ≥ 8 and ≈ 3", "at n_=_65,536, n_≥_8 and ≈_3"],
    ["从 132 个 token 起，95 % 置信区间", "从 132_个 token 起，95_% 置信区间"],
    ["与 float64 参考一致", "与 float64 参考一致"],
    ["5 samples, 3 seconds, in 2 steps", "5 samples, 3 seconds, in 2 steps"],
  ])("keep their unit and their sign on their line: %s", (text, expected) => expect(shown(text)).toBe(expected));

  it("do so in all that a page says, and not in what is copied from it", () => {
    expect(html`<p title="${"5 ms"}">${"95 % of 8 GiB"}${verbatim("until 90 s")}</p>`.markup).toBe(
      '<p title="5\u00a0ms">95\u00a0% of 8\u00a0GiB<code dir="ltr">until 90 s</code></p>',
    );
  });
});
