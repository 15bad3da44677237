import { expect, test } from "vitest";
import { checkText, largestFileBytes } from "./fileText.ts";

const message = (bytes: Uint8Array): string => {
  const text = checkText(bytes, "a.yaml");
  return typeof text === "string" ? text : `${text.message}: ${text.given}`;
};

test("UTF-8 becomes text, with or without a byte order mark", () => {
  expect(message(new TextEncoder().encode("name: é"))).toBe("name: é");
  expect(message(new TextEncoder().encode("\ufeffname: a"))).toBe("name: a");
});

test("anything else is refused", () => {
  expect(message(Uint8Array.of(0x61, 0, 0x62))).toBe("not a text file: a zero byte at offset 1");
  expect(message(Uint8Array.of(0xff, 0xfe, 0x61))).toBe("not a text file: bytes that are not UTF-8");
  expect(message(new Uint8Array(largestFileBytes + 1))).toBe("too large for an experiment: 65537 bytes");
});
