import { describe, expect, it } from "vitest";
import { decode, decodeKnown, encode } from "./encoding.ts";
import { encodingNames, vocabularySizes } from "./encodingNames.ts";
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
      await expect(decode([last + 1], name)).rejects.toThrow();
      expect(await decodeKnown([last + 1, ...(await encode("雪", name)), last + 2, last + 3], name)).toBe(`⟨${last + 1}⟩雪⟨${last + 2}⟩⟨${last + 3}⟩`);
    }
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
