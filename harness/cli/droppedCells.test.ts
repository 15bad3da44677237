import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { noteText } from "../analysis/comparison/comparison.ts";
import { en } from "../messages/en.ts";
import { newFolder } from "../testExperiment.ts";
import type { Checkouts } from "./checkout.ts";
import { droppedCells } from "./droppedCells.ts";
import { readExperiments } from "./input.ts";

const mechanisms = await loadMechanisms(builtInKernels);
const file = (change: Partial<Readonly<Record<"name" | "phase" | "mechanisms" | "n", string>>> = {}): string =>
  Object.entries({ name: "mine", phase: "decode", mechanisms: "[softmax, linear]", axes: `{ n: ${change.n ?? "[64, 128]"} }`, ...change })
    .filter(([key]) => key !== "n")
    .map(([key, value]) => `${key}: ${value}\n`)
    .join("");

/** What is said of base's file where head's is another; base: undefined where it has none. */
const said = async (base: string | undefined, head: string, filter?: string): Promise<readonly string[]> => {
  const root = newFolder();
  const folder = join(root, "base");
  mkdirSync(folder);
  writeFileSync(join(root, "mine.yaml"), head);
  if (base !== undefined) writeFileSync(join(folder, "mine.yaml"), base);
  const path = join(root, "mine.yaml");
  const changes = { set: [], filter };
  const planned = await readExperiments([path], changes, mechanisms);
  return droppedCells(path, { root, base: { folder } } as unknown as Checkouts, changes, mechanisms, planned).map((note) =>
    noteText(note, en).replace(path, "mine.yaml"),
  );
};

it.each<[string, string | undefined, string, string?]>([
  ["the same", file(), file()],
  ["more", file({ mechanisms: "[linear]" }), file()],
  ["a phase more, which renames those that were there", file(), file({ phase: "[prefill, decode]" })],
  ["the same by another name", file(), file({ name: "other" })],
  ["as far as head's list goes, of an open axis", file({ n: "{ from: 64, factor: 2, until: { cell: 1s } }" }), file()],
  ["an open axis in the place of a list", file(), file({ n: "{ from: 64, factor: 2, until: { cell: 1s } }" })],
  ["what a filter leaves", file(), file({ mechanisms: "[linear]" }), "mechanism = linear"],
  ["all, as base had no such file", undefined, file()],
])("says nothing where head's file asks for %s", async (_, base, head, filter) => {
  expect(await said(base, head, filter)).toEqual([]);
});

it("says nothing of a file that lies outside of the repository", async () => {
  const [root, elsewhere] = [newFolder(), newFolder()];
  const path = join(elsewhere, "mine.yaml");
  writeFileSync(path, file({ n: "[128]" }));
  const folder = join(root, "base");
  mkdirSync(folder);
  // Where its way from the repository would lead to from base.
  writeFileSync(join(root, "mine.yaml"), file());
  const planned = await readExperiments([path], { set: [] }, mechanisms);
  expect(droppedCells(path, { root: join(elsewhere, "below"), base: { folder } } as unknown as Checkouts, { set: [] }, mechanisms, planned)).toEqual([]);
});

it("names what head's file dropped: cells, a phase, an arm; and says where nobody can know", async () => {
  expect(await said(file(), file({ n: "[128]" }))).toEqual([
    expect.stringMatching(/^Base's mine\.yaml asks for 2 cells that head's does not, and nobody measured: softmax-split-n64\S*, and 1 more\.$/),
  ]);
  expect(await said(file({ phase: "[prefill, decode]" }), file())).toEqual([expect.stringMatching(/asks for 4 cells .*: softmax-tiled-n64/)]);
  expect(await said(file(), file({ mechanisms: "[linear]" }))).toEqual([expect.stringMatching(/asks for 2 cells .*: softmax-split-n64/)]);
  const open = (mechanisms: string) => file({ mechanisms, n: "{ from: 64, factor: 2, to: 1024, until: { cell: 1s } }" });
  expect(await said(open("[softmax, linear]"), open("[linear]"))).toEqual([expect.stringMatching(/asks for 1 cell that .*: softmax-split-n64\S*\.$/)]);
  expect(await said("name: [", file())).toEqual(["What base's mine.yaml asked for cannot be read here, so whether head's asks for less is not known."]);
});
