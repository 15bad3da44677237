import { expect, it } from "vitest";
import { en } from "./en.ts";

it("one token is no tokens", () => {
  const one = { tokens: 1, prompt: 1, temperature: 0, stop: undefined, shown: { numbers: [5], more: false }, near: 0, held: undefined };
  expect(en.text.wrote(["linear"], one)).toBe(
    "linear wrote 1 token behind 1 of the prompt, the likeliest each time: token 5; float64 chooses the same, token for token.",
  );
  expect(en.text.caption(1, 0, 1, undefined)).toContain("a prompt of 1 token:");
  const kept = { bytes: ["4 KiB", "4 KiB"], n: 1 } as const;
  expect(
    en.headline.kept(
      [
        { arm: "linear", kept },
        { arm: "softmax", kept: { ...kept, n: undefined } },
      ],
      { texts: undefined, by: undefined },
    ),
  ).toBe("what is kept is 4 KiB at 1 token with linear, and 4 KiB at any length with softmax");
});
