import { describe, expect, it } from "vitest";
import { float, integer, message, nested, varint } from "./protobuf.ts";

// Examples of protobuf.dev/programming-guides/encoding.
describe("protocol buffers", () => {
  it("hold whole numbers in as few groups of seven bits as they need", () => {
    expect([...varint(1)]).toEqual([0x01]);
    expect([...varint(150)]).toEqual([0x96, 0x01]);
    expect([...varint(300)]).toEqual([0xac, 0x02]);
    expect([...varint(0)]).toEqual([0]);
  });
  it("hold a negative number as ten bytes of two's complement", () => {
    expect([...varint(-2)]).toEqual([0xfe, ...Array(8).fill(0xff), 0x01]);
  });
  it("hold numbers beyond 32 bits", () => {
    expect([...varint(2 ** 40)]).toEqual([0x80, 0x80, 0x80, 0x80, 0x80, 0x20]);
    expect([...varint(2n ** 63n)]).toEqual([...Array(9).fill(0x80), 0x01]);
  });
  it("begin a field with its number and wire type", () => {
    expect([...integer(1, 150)]).toEqual([0x08, 0x96, 0x01]);
    expect([...nested(2, "testing")]).toEqual([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
    expect([...nested(3, integer(1, 150))]).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01]);
    expect([...float(2, 1)]).toEqual([0x15, 0, 0, 0x80, 0x3f]);
    expect([...integer(20, 3)]).toEqual([0xa0, 0x01, 0x03]);
  });
  it("count text in bytes of UTF-8", () => expect([...nested(1, "é")]).toEqual([0x0a, 2, 0xc3, 0xa9]));
  it("are their fields one after another", () => expect([...message(integer(1, 1), integer(2, 2))]).toEqual([8, 1, 16, 2]));
});
