import { describe, expect, it } from "vitest";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

const wrote = { tokens: 40, prompt: 9, temperature: 0, stop: undefined, shown: "Conveyor belts", near: 0 };
const drawn = { tokens: 1200, prompt: 9, temperature: 0.8, stop: 2, shown: { numbers: [5, 7], more: true }, near: 3 };

describe("what was written", () => {
  it("is told in both languages", () => {
    expect(en.text.wrote(["KV cache", "no cache"], wrote)).toBe(
      "KV cache and no cache wrote the same 40 tokens behind 9 of the prompt, each the likeliest: “Conveyor belts”; float64 chooses the same, token for token.",
    );
    expect(en.text.wrote(["linear"], drawn)).toBe(
      "linear wrote 1,200 tokens behind 9 of the prompt, drawn at a temperature of 0.8, until the stop token 2: tokens 5, 7, …; float64 chooses the same, but for 3 where rounding may choose another.",
    );
    expect(zh.text.wrote(["KV cache", "no cache"], wrote)).toBe(
      "KV cache 和 no cache 在提示的 9 个 token 之后写出了相同的 40 个 token（每次取最可能的一个）：“Conveyor belts”；float64 逐个 token 的选择都相同。",
    );
    expect(zh.text.wrote(["linear"], drawn)).toBe(
      "linear 在提示的 9 个 token 之后写出了 1,200 个 token（按温度 0.8 抽取，遇到停止 token 2 而结束）：编号 5、7……；float64 的选择相同，只有 3 处舍入可能改变选择。",
    );
  });

  it("parts where it parts", () => {
    expect(en.text.parting(["a", "b"], 12, false)).toBe(
      "a and b have the same weights and part at token 12, though rounding cannot part them there: one of them is wrong.",
    );
    expect(zh.text.parting(["a", "b"], 12, true)).toBe("a 与 b 权重相同，却从第 12 个 token 起不同，那里舍入可能选中任一个。");
  });
});

describe("texts at once", () => {
  const limit = { memoryBytes: 2 ** 30, batch: 16_368 };
  const rate = { value: 340, low: 300, high: 380 };

  it("are told in both languages", () => {
    const reached = [{ batch: 8, n: 1024 }];
    const said = [en, zh].map(({ serving }) =>
      serving.sentence(
        serving.budget(2 ** 30, true, true, { n: 4096, shape: "" }),
        [serving.noRoom("softmax", undefined), serving.room("linear", { batch: 100, about: true }, limit, rate)],
        serving.projected(reached, ["linear"]),
        serving.counted(true),
      ),
    );
    expect(said).toEqual([
      "With 1 GiB for one layer's attention on this CPU emulation, at n = 4,096, softmax has room for no text; linear has room for about 100 texts at once by a limit of this device (1 GiB would hold 16,368), 340 [300, 380] tokens a second in all: projected from batches up to 8 and n up to 1,024 (linear). Room is counted to the byte that kernels allocate, and ends with the memory where no limit is named.",
      "在此 CPU 模拟上，以 1 GiB 内存（只用于一层注意力），在 n = 4,096 时，softmax 一个文本也放不下；linear 约可同时容纳 100 个文本（受此设备的限制；1 GiB 本可容纳 16,368 个），合计每秒 340 [300, 380] 个 token（linear 为推算值，依据是不超过 8 的 batch 与不超过 1,024 的 n 的测量）。容量按内核分配的字节精确计算，未注明限制之处以内存用尽为止。",
    ]);
  });
});

describe("a peer that is not compared", () => {
  it("is told in both languages", () => {
    const places = [{ arm: "softmax", phase: "prefill", shape: "", ns: [64, 128] }];
    expect(en.peers.notCompared("ONNX Runtime", places, "no time")).toBe("Not compared with ONNX Runtime: softmax prefill, n = 64 and 128 (no time).");
    expect(zh.peers.notCompared("ONNX Runtime", places, "no time")).toBe("未与 ONNX Runtime 比较：softmax prefill，n = 64、128（no time）。");
  });
});
