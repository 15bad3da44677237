import { describe, expect, it } from "vitest";
import { en } from "./en.ts";
import { languages } from "./languages.ts";
import { messagesOf } from "./messages.ts";
import { zh } from "./zh.ts";

interface Leaf {
  readonly path: string;
  readonly text: string;
}

/** Names of all messages, and the texts of those that take nothing. */
const leavesOf = (value: unknown, path = ""): readonly Leaf[] => {
  if (typeof value === "string") return [{ path, text: value }];
  if (typeof value !== "object" || value === null) return [{ path, text: "" }];
  return Object.entries(value).flatMap(([name, part]) => leavesOf(part, path === "" ? name : `${path}.${name}`));
};

/** Words that are the same in both: names, units and symbols. */
const shared = new Set(["environment.cpu", "environment.node", "tables.flops", "tables.tokensPerSecond", "limits.gpu.what", "lang"]);

const han = /\p{Script=Han}/u;

describe("messages", () => {
  it("are there in every language, each under its own name", () => {
    const names = leavesOf(en).map(({ path }) => path);
    for (const language of languages) {
      expect(messagesOf(language).lang).toBe(language);
      expect(leavesOf(messagesOf(language)).map(({ path }) => path)).toEqual(expect.arrayContaining(names));
    }
  });

  it("in Chinese are Chinese, with full-width punctuation and a space beside Latin words and numbers", () => {
    for (const { path, text } of leavesOf(zh)) {
      if (text === "" || shared.has(path)) continue;
      expect(text, path).toMatch(han);
      expect(text, path).not.toMatch(/\p{Script=Han}[,;:!?(]|[,;:!(]\p{Script=Han}/u);
      expect(text, path).not.toMatch(/\p{Script=Han}[A-Za-z0-9±≈]|[A-Za-z0-9%×]\p{Script=Han}/u);
    }
  });

  it("of a list and of a choice are joined as each language joins them", () => {
    expect(zh.list(["softmax (split)", "GQA", "linear"])).toBe("softmax (split)、GQA 和 linear");
    expect(zh.choice(["O(n)", "O(n²)"])).toBe("O(n) 或 O(n²)");
    expect(zh.list([])).toBe("");
    expect(en.list(["a", "b"])).toBe("a and b");
  });

  it("say the answer in two sentences, n* first on a GPU", () => {
    const names = { upper: zh.attention("softmax"), lower: zh.attention("linear") };
    const where = zh.headline.place(false, "NVIDIA H200");
    const does = zh.headline.doing.prefill ?? "";
    const speed = zh.headline.speed({ n: ["32,768", "32,768"], least: 85.3, most: 85.3 });
    expect(zh.headline.crosses(where, "284", does, names, speed, { n: ["16", "16"], least: 0.2, most: 0.25 })).toBe(
      "在这块 GPU（NVIDIA H200）上，从 284 个 token 起，用线性注意力读入提示词比用 softmax 注意力更快：长 32,768 个 token 时，速度是后者的 85 倍；更短时则用 softmax 注意力更快（16 个 token 时快至 4 至 5 倍）。",
    );
  });
});
