import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { attnbench, emptyFolder } from "./testCommand.ts";

const rows = [64, 128, 256, 512, 1024, 2048, 4096, 8192].flatMap((n) => [`${n},${0.02 + 1e-6 * n * n},softmax`, `${n},${0.05 + 3e-4 * n},linear`]);
const csv = `n,ms,arm\n${rows.join("\n")}\n`;

const folderWith = (text: string): string => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "data.csv"), text);
  return folder;
};

describe("attnbench fit", () => {
  it("prints one JSON object: classes, exponents, coefficients, and where the curves cross", async () => {
    const { code, stdout, stderr } = await attnbench(["fit", "data.csv", "--json"], folderWith(csv));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const answer = JSON.parse(stdout);
    expect(answer.groups).toMatchObject([
      { name: "softmax", class: "O(n²)", exponent: { value: expect.closeTo(2, 2) }, coefficients: { t0: expect.closeTo(0.02, 6), b: expect.closeTo(1e-6, 9) } },
      { name: "linear", class: "O(n)", exponent: { value: expect.closeTo(0.98, 2) }, coefficients: { a: expect.closeTo(3e-4, 8) } },
    ]);
    expect(answer.crossovers).toMatchObject([{ between: ["softmax", "linear"], outcome: "crosses", n: expect.closeTo(379.2, 0) }]);
  });

  it("says it in words too", async () => {
    const { code, stdout } = await attnbench(["fit", "data.csv"], folderWith(csv));
    expect(code).toBe(0);
    expect(stdout).toContain("From n = 379 (95 % interval 379 to 379) on, linear is below softmax");
  });

  it("reads a pipe", async () => {
    const child = spawn(process.execPath, [fileURLToPath(new URL("../../dist/cli.js", import.meta.url)), "fit", "-", "--json"]);
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stdin.end(csv);
    await new Promise((resolve) => child.on("close", resolve));
    expect(JSON.parse(stdout).groups).toHaveLength(2);
  });

  it("ends with 2 and one message where the file is wrong", async () => {
    const cases = [
      [["fit", "missing.csv"], "missing.csv: there is no such file"],
      [["fit", "."], ".: this is a folder"],
      [["fit", "data.csv", "--y", "seconds"], 'data.csv: no column "seconds" (--y)'],
    ] as const;
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await attnbench(args, folderWith(csv));
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(message);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    }
    const one = await attnbench(["fit", "data.csv", "--json"], folderWith("n,ms,arm\n64,1,a\n128,2,a\n64,1,b\n"));
    expect(one.code).toBe(2);
    expect(JSON.parse(one.stdout).error.message).toContain('data.csv: "b" has one value of n alone, 64');
  });
});

describe("what people's files are like", () => {
  const fitted = async (text: string | Buffer) => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "data.csv"), text);
    return attnbench(["fit", "data.csv"], folder);
  };

  it("UTF-16 with a mark, as PowerShell writes it, and commas at the end of lines", async () => {
    const plain = await fitted(csv);
    expect(await fitted(Buffer.from(`\ufeff${csv}`, "utf16le"))).toEqual(plain);
    expect(await fitted(csv.replaceAll("\n", ",\n"))).toEqual(plain);
  });

  it("numbers are decimal, and no control character of a name reaches the terminal", async () => {
    expect((await fitted("n,ms\n0x10,1\n32,2\n")).stderr).toContain('data.csv:2: n "0x10" is not a number');
    expect((await fitted("n,ms\n16,1e300\n32,2\n")).stderr).toContain("data.csv:2: ms 1e300 is not between 1e-60 and 1e+60");
    const named = await fitted(csv.replaceAll("softmax", '"so\u001b[31mft\nmax"'));
    expect(named.stdout).toContain("so [31mft max");
    expect(named.stdout).not.toContain("\u001b");
  });

  it("two or three sizes bracket a crossing, and name no value as if it were measured", async () => {
    const { stdout } = await fitted("n,ms,arm\n64,1,a\n128,2,a\n256,4,a\n64,2,b\n128,2.2,b\n256,2.4,b\n");
    expect(stdout).toMatch(/From n = \d+ \(95 % interval (64|128) to 256\) on, b is below a/);
  });
});
