import { describe, expect, it } from "vitest";
import { decode, encode, loadEncoding } from "./encoding.ts";
import { encodingNames, ordinaryTokens, specialTokens, vocabularySizes } from "./encodingNames.ts";
import { question } from "./question.ts";
import { tokenize } from "./tokenization.ts";

describe("tokenizer", () => {
  it("cuts the question into the ids that are published", async () => {
    const ids = await encode(question, "cl100k_base");
    expect(ids.slice(0, 6)).toEqual([37046, 33565, 111, 24186, 6079, 99]);
    expect(ids).toHaveLength(24);
    expect(await encode(question, "o200k_base")).toHaveLength(13);
    expect(Array.from(question)).toHaveLength(18);
  });

  it.each(encodingNames)("%s takes apart and puts together", async (name) => {
    for (const text of ["", question, "ordinary words, <|endoftext|> and 🙂\r\n\ttabs", "a".repeat(2000)]) {
      const ids = await encode(text, name);
      expect(await decode(ids, name)).toBe(text);
    }
    // A token may be part of a character: alone it is none.
    const [, part = 0] = await encode("雪", "cl100k_base");
    expect(await decode([part], "cl100k_base")).toBe("\ufffd");
  });

  it("has as many numbers as it says, and shows what is none of them as a number", async () => {
    for (const name of encodingNames) {
      const last = vocabularySizes[name] - 1;
      expect(await decode([last], name)).toBe("<|endofprompt|>");
      expect(Math.max(...specialTokens[name].keys())).toBe(last);
      expect(await decode([last + 1, ...(await encode("雪", name)), last - 1, last + 3], name)).toBe(`⟨${last + 1}⟩雪⟨${last - 1}⟩⟨${last + 3}⟩`);
      // What the library has as one of its ordinary tokens is cut into it again, and the number after those is none.
      const encoding = await loadEncoding(name);
      const most = ordinaryTokens[name];
      expect(encoding.encode(encoding.decode([most - 1]))).toEqual([most - 1]);
      expect(await decode([most], name)).toBe(`⟨${most}⟩`);
    }
    // https://github.com/openai/tiktoken, tiktoken_ext/openai_public.py
    expect(await decode([100_257, 199_999], "cl100k_base")).toBe("<|endoftext|>⟨199999⟩");
    expect(await decode([199_999, 200_000, 200_006, 200_018], "o200k_base")).toBe("<|endoftext|>⟨200000⟩⟨200006⟩<|endofprompt|>");
  });

  it("tells the wall time of a token, by the clock it is given", async () => {
    let clock = 0;
    const one = await tokenize(question, "o200k_base", () => {
      clock += 6.5;
      return clock;
    });
    expect(one).toMatchObject({ encoding: "o200k_base", characters: 18, restores: true, msPerToken: { value: 0.5, low: 0.5, high: 0.5 } });
    expect(one.ids).toHaveLength(13);
    const real = await tokenize(question, "cl100k_base", () => performance.now());
    expect(real.msPerToken.low).toBeGreaterThan(0);
    expect(real.msPerToken.value).toBeLessThan(5);
  });
});
