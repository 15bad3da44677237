import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { attnbench } from "./testCommand.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}experiments/published/`;
const page = readFileSync(`${folder}README.md`, "utf8");

describe("published measurements", () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith(".csv")))("%s: the page says what fit says of it, and the file names its source", async (name) => {
    const { code, stdout, stderr } = await attnbench(["fit", `experiments/published/${name}`], root);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(page).toContain(`\`attnbench fit experiments/published/${name}\`\n\n\`\`\`\n${stdout.trimEnd()}\n\`\`\``);
    expect(readFileSync(`${folder}${name}`, "utf8")).toMatch(/^# .*\n(# .*\n)*# .*https:\/\/\S+\n/);
  });
});
