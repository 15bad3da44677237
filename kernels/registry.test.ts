import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { builtInKernels } from "./builtIn.ts";
import { loadMechanisms } from "./registry.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "attnbench-kernels-"));
});
afterEach(async () => rm(root, { recursive: true, force: true }));

const write = async (folder: string, text: string, file = "definition.mjs"): Promise<void> => {
  await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, folder, file), text);
};

const valid = (name: string, order = 1): string => `{
  name: ${JSON.stringify(name)}, title: "t", family: "linear", order: ${order}, definition: "d", source: "s", groupedHeads: false,
  look: { colour: { light: "#000", dark: "#fff" }, mark: "circle", dash: [] },
  parameters: {}, forms: { decode: ["recurrent"] },
  refusal() {}, tiles() {}, plan() {}, inputs() {}, reference() {}, flops() {}, leastBytes() {}, bytesByRole() {}, claim() {},
}`;

const fault = async (): Promise<string> => {
  try {
    await loadMechanisms(root);
    return "loaded";
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(root, "ROOT") : String(error);
  }
};

test("the built-in families load", async () => {
  const names = (await loadMechanisms(builtInKernels)).map((mechanism) => mechanism.name);
  expect(names).toEqual(expect.arrayContaining(["softmax", "linear"]));
});

test("folders with a definition are families, sorted by order; others are left alone", async () => {
  await write("b", `export default [${valid("second", 2)}, ${valid("third", 3)}]`);
  await write("a", `export default [${valid("first")}]`, "definition.js");
  await write("shared", "", "notes.txt");
  expect((await loadMechanisms(root)).map((mechanism) => mechanism.name)).toEqual(["first", "second", "third"]);
});

test("what is no mechanism is refused, with the file and the reason", async () => {
  const cases = [
    ["no array", "export default 3"],
    ["nothing exported", ""],
    ["members missing", `export default [{ ...${valid("x")}, plan: undefined, forms: {}, family: "quadratic" }]`],
    ["a name with a dash", `export default [${valid("my-mixer")}]`],
    ["a parameter called n", `export default [{ ...${valid("x")}, parameters: { n: { kind: "boolean", default: true, about: "" } } }]`],
    ["a default out of range", `export default [{ ...${valid("x")}, parameters: { k: { kind: "integer", minimum: 1, maximum: 4, default: 5, about: "" } } }]`],
    ["one name twice", `export default [${valid("x")}, ${valid("x")}]`],
  ] as const;
  const faults: string[] = [];
  for (const [name, text] of cases) {
    // A folder each: a module is imported once.
    await rm(root, { recursive: true });
    const folder = name.replaceAll(" ", "-");
    await write(folder, text);
    faults.push(await fault());
  }
  expect(faults).toMatchInlineSnapshot(`
    [
      "ROOT/no-array/definition.mjs: its default export is a number; accepted is a module whose default export is an array of mechanisms (the contract is kernels/mechanism.ts)",
      "ROOT/nothing-exported/definition.mjs: it has no default export; accepted is a module whose default export is an array of mechanisms (the contract is kernels/mechanism.ts)",
      "ROOT/members-missing/definition.mjs: x is no mechanism: family must be softmax, linear or instrument; forms must list at least one form for at least one phase; plan must be a function (the contract is kernels/mechanism.ts)",
      "ROOT/a-name-with-a-dash/definition.mjs: my-mixer is no mechanism: name must be camelCase letters and digits (the contract is kernels/mechanism.ts)",
      "ROOT/a-parameter-called-n/definition.mjs: x is no mechanism: parameter n needs another name (the contract is kernels/mechanism.ts)",
      "ROOT/a-default-out-of-range/definition.mjs: x is no mechanism: parameter k needs kind integer { minimum, maximum }, boolean or choice { values }, a default within it, and about (the contract is kernels/mechanism.ts)",
      "two mechanisms are called x: rename one",
    ]
  `);
});

test("a definition that does not load says so", async () => {
  await write("broken", 'throw new Error("no GPU here")');
  expect(await fault()).toMatchInlineSnapshot(
    `"ROOT/broken/definition.mjs: cannot be imported: no GPU here; accepted is a module whose default export is an array of mechanisms (the contract is kernels/mechanism.ts)"`,
  );
});

test("a folder without families says what it looked for", async () => {
  expect(await fault()).toMatchInlineSnapshot(`"ROOT: no subfolder has a definition.js, definition.mjs, definition.ts"`);
  await write(".", `export default [${valid("x")}]`);
  expect(await fault()).toMatchInlineSnapshot(
    `"ROOT: no subfolder has a definition.js, definition.mjs, definition.ts; it is itself a family's folder: give its parent"`,
  );
  await rm(root, { recursive: true });
  expect(await fault()).toMatchInlineSnapshot(`"ROOT: no such folder"`);
});
