import { describe, expect, it } from "vitest";
import { readMeasurements } from "./measurements.ts";

const read = (text: string, columns = {}) => readMeasurements(text, "data.csv", columns);

describe("a file of measurements", () => {
  it("has columns n, ms and arm, or those that are named", () => {
    expect(read("n,ms,arm\n64,0.5,softmax\n128, 0.75 ,linear\n").measurements).toEqual([
      { group: "softmax", x: 64, y: 0.5 },
      { group: "linear", x: 128, y: 0.75 },
    ]);
    expect(read("T,µs,kernel,gpu\n1,2,a,x\n", { x: "T", y: "µs", group: "kernel,gpu" }).measurements).toEqual([{ group: "a, x", x: 1, y: 2 }]);
  });

  it("may have semicolons or tabs, comments, empty lines, quotes, a byte order mark and Windows' line ends", () => {
    const wanted = [{ group: "a,b", x: 1, y: 2 }];
    for (const text of ['n;ms;arm\r\n1;2;"a,b"\r\n', "n\tms\tarm\n\n1\t2\ta,b\n", '\uFEFF# from a paper\nn,ms,arm\n1,2,"a,b"\n'])
      expect(read(text).measurements).toEqual(wanted);
  });

  it("is one curve without a column of names", () => {
    expect(read("n,ms\n1,2\n")).toMatchObject({ measurements: [{ group: "ms" }], columns: { group: [] } });
  });

  it("of our own leaves out what came to nothing, and tells shapes apart", () => {
    const text = "label,form,n,dModel,status,medianMs\nsoftmax,split,1,256,ok,2\nsoftmax,split,1,512,ok,3\nsoftmax,split,2,512,skipped,\n";
    expect(read(text)).toMatchObject({ leftOut: 1, measurements: [{ group: "softmax, 256" }, { group: "softmax, 512" }] });
  });

  const wrong: readonly (readonly [string, string, string | RegExp, object?])[] = [
    ["nothing at all", "", "data.csv: it is empty"],
    ["a header alone", "n,ms\n", "data.csv: no row follows its header"],
    ["no such column", "n,msec,arm\n1,2,a\n", 'data.csv: no column "ms" (--y)'],
    ["a column that is nearly there", "n,Ms,arm\n1,2,a\n", 'did you mean "Ms"?'],
    ["no such group", "n,ms\n1,2\n", 'no column "gpu" (--group)', { group: "gpu" }],
    ["text for a number", "n,ms,arm\n1,2,a\n2,fast,a\n", 'data.csv:3: ms "fast" is not a number'],
    ["a negative time", "n,ms,arm\n1,-2,a\n", "data.csv:2: ms -2 is not above 0"],
    ["a time of zero", "n,ms,arm\n1,0,a\n", "data.csv:2: ms 0 is not above 0"],
    ["an empty cell", "n,ms,arm\n1,,a\n", "data.csv:2: ms is empty"],
    ["infinity", "n,ms,arm\n1,Infinity,a\n", "data.csv:2: ms"],
    ["a row of another length", "n,ms,arm\n1,2\n", /data\.csv:2: this row has 2 values/],
    ["a quote that is not closed", 'n,ms,arm\n1,2,"a\n', /data\.csv: .*[Qq]uot/],
    ["a column twice", "n,ms,ms\n1,2,3\n", 'two columns are called "ms"'],
    ["x for y", "n,ms\n1,2\n", "--x and --y are one column", { y: "n" }],
  ];
  for (const [what, text, message, columns] of wrong) it(`with ${what} is refused in words`, () => expect(() => read(text, columns)).toThrow(message));
});
