import { expect, it } from "vitest";
import { en } from "../../messages/en.ts";
import { zh } from "../../messages/zh.ts";
import { filled, scriptWords } from "./words.ts";

it("has places for what only the script knows, in every language", () => {
  const rows = { shown: 3, all: 1024 };
  expect(filled(scriptWords(en).rowsShown, rows)).toBe("3 of 1024");
  expect(filled(scriptWords(zh).rowsShown, rows)).toBe("显示 3 行，共 1024 行");
  expect(filled(scriptWords(zh).points, { title: "时间" })).toBe("图中各点：时间");
});

it("takes values as they are", () => {
  expect(filled("a {b} {c}", { b: "$& {c} $1" })).toBe("a $& {c} $1 {c}");
});
