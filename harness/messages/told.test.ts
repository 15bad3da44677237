import { describe, expect, it } from "vitest";
import { servedText } from "../analysis/servedText.ts";
import type { JudgedClaim } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import { themeVariables } from "../report/charts/theme.ts";
import type { Html } from "../report/html.ts";
import { richRecord } from "../report/richRecord.ts";
import { claimsSection } from "../report/sections/claims.ts";
import { offloadSection } from "../report/sections/offload.ts";
import { peersSection } from "../report/sections/peers.ts";
import { servingSection } from "../report/sections/serving.ts";
import { shardsSection } from "../report/sections/shards.ts";
import { stagesSection } from "../report/sections/stages.ts";
import { tuningSection } from "../report/sections/tuning.ts";
import { writtenTextsSection } from "../report/sections/writtenTexts.ts";
import { strictLogger } from "../report/strictLogger.ts";
import { en } from "./en.ts";
import type { Messages } from "./messages.ts";
import { zh } from "./zh.ts";

const wrote = { tokens: 40, prompt: 9, temperature: 0, stop: undefined, shown: "Conveyor belts", near: 0, held: undefined };
const drawn = { tokens: 1200, prompt: 9, temperature: 0.8, stop: 2, shown: { numbers: [5, 7], more: true }, near: 3, held: undefined };

describe("what was written", () => {
  it("is told in both languages", () => {
    expect(en.text.wrote(["KV cache", "no cache"], wrote)).toBe(
      "KV cache and no cache wrote the same 40 tokens behind 9 of the prompt, the likeliest each time: “Conveyor belts”; float64 chooses the same, token for token.",
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

  it("says from where on nothing of it is held", () => {
    expect(zh.text.wrote(["KV cache"], { ...wrote, held: 10 })).toBe(
      "KV cache 在提示的 9 个 token 之后写出了 40 个 token（每次取最可能的一个）：“Conveyor belts”；到第 10 个 token 为止，float64 逐个 token 的选择都相同；从第 11 个 token 起没有与 float64 对照，因为那里路由器在两个专家之间的差别小到与舍入相当，先后选了不同的专家。",
    );
    expect(zh.text.wrote(["KV cache"], { ...wrote, held: 0 })).toContain("“Conveyor belts”；从第 1 个 token 起没有与 float64 对照");
  });

  it("parts where it parts", () => {
    expect(en.text.parting(["a", "b"], 12, false)).toBe(
      "a and b have the same weights and part at token 12, though rounding cannot part them there: one of them is wrong.",
    );
    expect(zh.text.parting(["a", "b"], 12, true)).toBe("a 与 b 权重相同，却从第 12 个 token 起不同，那里舍入可能选中任一个。");
  });
});

const exactly = (value: number) => ({ value, low: value, high: value });

describe("a headline", () => {
  it("says by what axis bytes differ, and of the arm that keeps more only how many times as many where they do", () => {
    const keep = (arm: string, bytes: readonly [string, string], n?: number) => ({ arm, kept: { bytes, n } });
    const less = { kept: "less", least: 32, most: 128 } as const;
    const [own, other] = [keep("linear", ["32 KiB", "512 KiB"]), keep("softmax", ["4 MiB", "16 MiB"], 2048)];
    expect(en.headline.keptLess(own, other, less, { texts: undefined, by: "headDim" })).toBe(
      "linear keeps 32 KiB to 512 KiB (by headDim) in memory at any length, 32 to 128 times less than softmax at 2,048 tokens",
    );
    expect(zh.headline.keptLess(own, other, less, { texts: 8, by: "headDim" })).toBe(
      "linear 无论多长都只需在内存中（同时 8 个文本）保留 32 KiB 至 512 KiB（因 headDim 而异），在 2,048 个 token 时，softmax 是它的 32 至 128 倍",
    );
  });

  it("names the arms that come back the fewest and the most times as fast, and the programs that take fewer texts than the memory holds", () => {
    const speeds = { n: 512, least: { arm: "softmax disk", times: exactly(575) }, most: { arm: "linear host", times: exactly(2899) } };
    expect(en.headline.broughtBack("on this GPU", ["1", "512"], speeds)).toMatch(
      /: 575 times as fast \(softmax disk\) to 2,899 times \(linear host\) at 512 tokens\.$/,
    );
    expect(zh.headline.broughtBack("在这块 GPU 上", ["1", "512"], speeds)).toContain(
      "长 512 个 token 时，速度是后者的 575 倍（softmax disk）至 2,899 倍（linear host）",
    );
    const atOnce = { arm: "linear attention", tokensPerSecond: 1600, texts: 16_384, projected: true };
    const served = (n: number, fewer: boolean) => ({
      n,
      close: n === 128,
      arms: [
        { ...atOnce, fewer },
        { arm: "softmax attention", tokensPerSecond: 1500, texts: 4000, fewer: false, projected: false },
      ],
    });
    const alone = { n: 2048, arm: "linear attention", than: "softmax attention", times: { value: 2.5, low: 2, high: 3 } };
    expect(en.headline.serves("on this GPU", [served(128, true), served(2048, true)], { batch: 32, n: 256 }, alone)).toBe(
      "On this GPU, all texts together make at 128 tokens about 1,600 tokens a second with linear attention (16,384 texts at most) and 1,500 with softmax attention, too close to tell; at 2,048 about 1,600 and 1,500 (“about”: projected); one text alone of 2,048 tokens is 2.5 times as fast with linear attention.",
    );
    expect(en.headline.serves("on this GPU", [served(128, false)], undefined, { ...alone, times: { value: 0.5, low: 0.4, high: 0.8 } })).toMatch(
      /with linear attention and 1,500 with softmax attention, too close to tell; one text alone of 2,048 tokens is 2 times as fast with softmax attention\.$/,
    );
    expect(zh.headline.serves("在这块 GPU 上", [served(128, true), served(2048, true)], { batch: 32, n: 256 }, alone)).toBe(
      "在这块 GPU 上，所有文本合计每秒写出的 token 数：长 128 个 token 时，linear attention 约为 1,600 个（至多 16,384 个文本），softmax attention 为 1,500 个，过于接近，分不出快慢；长 2,048 个 token 时，linear attention 约为 1,600 个，softmax attention 为 1,500 个（“约”为推算）；只有一个长 2,048 个 token 的文本时，用 linear attention 的速度是用 softmax attention 的 2.5 倍。",
    );
  });
});

describe("plain words", () => {
  it("say how narrowly points are known, one of anything as one, and how long a device's changes are left out", () => {
    expect(en.sure.widths(0.26, { below: 0.25, above: 0.49 })).toBe(
      "Half of the times shown are known to within 26 %; at worst they may be 25 % less or 49 % more.",
    );
    expect(en.sure.widths(0.26, { below: 0.25, above: 1.2 })).toBe(
      "Half of the times shown are known to within 26 %; at worst they may be 25 % less or 2.2 times as long.",
    );
    expect(en.sure.widths(1.1, { below: 0.25, above: 1.2 })).toBe("Half of the times shown may in truth be 2.1 times as long, or longer.");
    expect(zh.sure.widths(0.26, { below: 0.25, above: 0.49 })).toBe("半数所示时间的误差不超过 26 %，最差的可能少 25 %，也可能多 49 %。");
    expect(zh.sure.widths(1.1, { below: 0.25, above: 1.2 })).toBe("半数所示时间，真值可能是其 2.1 倍或更多。");
    expect([1, 2].map(en.trust.allMeasured)).toEqual(["the one cell measured", "all 2 cells measured"]);
    expect([1, 2].map(zh.trust.allMeasured)).toEqual(["唯一的单元已测得", "2 个单元全部测得"]);
    expect([en.serving.fits(2 ** 30), zh.serving.fits(2 ** 30)].map((text) => /multiple|成倍/.test(text))).toEqual([true, true]);
  });
});

describe("texts at once", () => {
  it("are told in both languages", () => {
    const reached = [{ batch: 8, n: 1024 }];
    const said = [en, zh].map((t) => {
      const { serving } = t;
      const rate = servedText({ value: 340, low: 300, high: 380 }, "projected", t);
      return serving.sentence(
        serving.budget(2 ** 30, true, true, { n: 4096, shape: "" }),
        [serving.noRoom("softmax", undefined, { one: 3 * 2 ** 30, shared: 2 ** 30 }), serving.room("linear", { batch: 100, about: false }, 16_368, rate)],
        serving.projected(reached, ["linear"]),
        serving.counted(true),
      );
    });
    expect(said).toEqual([
      "With 1 GiB for one layer's attention on this CPU emulation, at n = 4,096, softmax has room for no text (one takes 3 GiB, 1 GiB of it however few texts there are); linear has room for 16,368 texts at once, of which these kernels take 100 on this device, about 340 tokens a second in all; “about” is projected, without an interval, from batches up to 8 and n up to 1,024 (linear). Room is counted to the byte that kernels allocate; they take fewer texts where a buffer or a dispatch of this device, in which they put those of a layer together, ends before the memory.",
      "在此 CPU 模拟上，以 1 GiB 内存（只用于一层注意力），在 n = 4,096 时，softmax 一个文本也放不下（一个文本需 3 GiB，其中 1 GiB 与文本数无关）；linear 可同时容纳 16,368 个文本，其中这些内核在此设备上能处理 100 个，合计每秒约 340 个 token（linear 的“约”为推算值，没有置信区间，依据是不超过 8 的 batch 与不超过 1,024 的 n 的测量）。容量按内核分配的字节精确计算；内核把一层的各文本放在一起，若此设备的一个缓冲区或一次 dispatch 先于内存用尽，能处理的文本就更少。",
    ]);
  });
});

describe("what judges found", () => {
  const told = ({ measured, correction }: JudgedClaim) => [measured, correction];

  it("is told in both languages, of one record", () => {
    const [english, chinese] = [en, zh].map((t) => richRecord(t).claims ?? []);
    expect(chinese?.map(({ id, verdict }) => [id, verdict])).toEqual(english?.map(({ id, verdict }) => [id, verdict]));
    expect(english?.slice(0, 1).map(told)).toEqual([["cl100k_base gives 1 (1 token).", undefined]]);
    expect(chinese?.slice(0, 1).map(told)).toEqual([["cl100k_base 给出 1（1 个 token）。", undefined]]);
  });

  it("stands on a page as in its own language", async () => {
    const section = await sections.claims?.(richRecord(zh), zh);
    expect(section?.markup).toContain("cl100k_base 给出 1");
    expect(section?.markup).not.toContain('lang="en"');
  });
});

describe("a peer that is not compared", () => {
  it("is told in both languages", () => {
    const places = [{ arm: "softmax", phase: "prefill", shape: "", ns: [64, 128] }];
    expect(en.peers.notCompared("ONNX Runtime", places, "no time")).toBe("Not compared with ONNX Runtime: softmax prefill, n = 64 and 128 (no time).");
    expect(zh.peers.notCompared("ONNX Runtime", places, "no time")).toBe("未与 ONNX Runtime 比较：softmax prefill，n = 64、128（no time）。");
  });
});

/** Words of a piece of a page in the page's own language, text by text: those that say that they are in another, and code, left out. */
const wordsOf = ({ markup }: Html): readonly string[] =>
  markup
    .replace(/<(bdi|p|div)\b[^>]* lang="[^"]*"[^>]*>[\s\S]*?<\/\1>/g, "")
    .split(/<[^>]*>/)
    .concat([...markup.matchAll(/ aria-label="([^"]*)"/g)].map(([, label = ""]) => label))
    .map((words) => words.trim())
    .filter((words) => words !== "");

/** Two words of English grammar, which no name of an arm, a size or a device has. */
const english =
  /\b(?:the|of|with|is|are|at|in|from|and|to|by|on|as|that|than|what|which|this|no|not|per|over)\b[\s\S]*\b(?:the|of|with|is|are|at|in|from|and|to|by|on|as|that|than|what|which|this|no|not|per|over)\b/i;

const sections: Readonly<Record<string, (record: RunRecord, t: Messages) => Html | undefined | Promise<Html | undefined>>> = {
  claims: (record, t) => claimsSection(record, new Set(["memory"]), [], t),
  variants: tuningSection,
  peers: peersSection,
  shards: shardsSection,
  "states that leave": (record, t) => offloadSection({ ...record, experiment: { ...record.experiment, phase: "offload" } }, t),
  "no state that leaves": (record, t) => offloadSection({ ...record, cells: [], experiment: { ...record.experiment, phase: "offload" } }, t),
  "written texts": writtenTextsSection,
  "no text": ({ writing: _, ...record }, t) => writtenTextsSection(record, t),
  "texts at once": (record, t) => servingSection(record, { variables: themeVariables(record), logger: strictLogger }, t),
  "no texts at once": (record, t) => servingSection({ ...record, serving: [] }, { variables: themeVariables(record), logger: strictLogger }, t),
  stages: (record, t) => stagesSection(record, { variables: themeVariables(record), logger: strictLogger }, t),
  "no stages": (record, t) => stagesSection({ ...record, cells: [] }, { variables: themeVariables(record), logger: strictLogger }, t),
};

describe("sections that not every run has", () => {
  it.each(Object.entries(sections))("say nothing in English where they are Chinese: %s", async (_, section) => {
    const [chinese, inEnglish] = [await section(richRecord(zh), zh), await section(richRecord(en), en)];
    expect(chinese && wordsOf(chinese).filter((words) => english.test(words))).toEqual([]);
    // Neither is a part of them held to be English as a whole.
    expect(chinese?.markup).not.toContain('<div lang="en">');
    expect(inEnglish && wordsOf(inEnglish).some((words) => english.test(words))).toBe(true);
    expect(inEnglish?.markup).not.toMatch(/\p{Script=Han}/u);
  });
});
