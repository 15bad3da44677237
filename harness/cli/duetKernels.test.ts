import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { noteText } from "../analysis/comparison/comparison.ts";
import { en } from "../messages/en.ts";
import { newFolder } from "../testExperiment.ts";
import { type Checkouts, makeCheckouts } from "./checkout.ts";
import { type DuetKernels, duetKernels } from "./duetKernels.ts";
import { CommandEnd } from "./exit.ts";
import { emptyRepository, type TestRepository } from "./testRepository.ts";

let open: Checkouts | undefined;
afterEach(() => open?.remove());

/** The folders of both sides by what they are in: base/…, head/…, or as they were given. */
const kernelsOf = async ({ root }: TestRepository, ...given: readonly string[]): Promise<DuetKernels> => {
  open = await makeCheckouts({ ref: "HEAD", start: root, signal: new AbortController().signal, onStep: () => {}, onMade: () => {} });
  const { base, head } = open;
  const told = (path: string): string => path.replace(base.folder, "base").replace(head.folder, "head");
  const kernels = await duetKernels(given, open);
  return { base: kernels.base.map(told), head: kernels.head.map(told), notes: kernels.notes.map((note) => noteText(note, en)) };
};

const repository = (): TestRepository => {
  const made = emptyRepository();
  made.commit({ "mine/echo/definition.mjs": "", ".gitignore": "built\nlocal.mjs\n" });
  return made;
};

const outside = (why: string, path: string): DuetKernels => ({
  base: [path],
  head: [path],
  notes: [`--kernels ${basename(path)} ${why}: base and head are measured with the same mechanisms of it, as they are now.`],
});

describe("the --kernels of a duet", () => {
  it("that git has are each state's own, through a link to them too, and nothing is to be said", async () => {
    const made = repository();
    const own = { base: ["base/mine"], head: ["head/mine"], notes: [] };
    expect(await kernelsOf(made, join(made.root, "mine"))).toEqual(own);
    for (const link of [join(newFolder(), "link"), join(made.root, "link")]) {
      symlinkSync(join(made.root, "mine"), link);
      expect(await kernelsOf(made, link)).toEqual(own);
    }
  });

  it("that base has not got yet are head's alone, committed or not", async () => {
    const made = repository();
    made.write({ "new/echo/definition.mjs": "" });
    expect(await kernelsOf(made, join(made.root, "new"))).toEqual({
      base: [],
      head: ["head/new"],
      notes: ["base has no --kernels new: what it holds is NEW."],
    });
  });

  it("that git ignores, or that lie outside the repository, are used as they lie, and that is said", async () => {
    const made = repository();
    made.write({ "built/echo/definition.js": "" });
    const ignored = "is no part of what git has, since it is ignored or a repository of its own";
    expect(await kernelsOf(made, join(made.root, "built"))).toEqual(outside(ignored, join(made.root, "built")));
    const elsewhere = newFolder();
    expect(await kernelsOf(made, elsewhere)).toEqual(outside("lies outside the repository", elsewhere));
    symlinkSync(elsewhere, join(made.root, "away"));
    expect(await kernelsOf(made, join(made.root, "away"))).toEqual(outside("lies outside the repository", join(made.root, "away")));
  });

  it("whose definitions are built beside sources that git has are used as they lie", async () => {
    const made = repository();
    made.commit({ ".gitignore": "*.js\n", "typed/echo/definition.ts": "" });
    made.write({ "typed/echo/definition.js": "" });
    expect((await kernelsOf(made, join(made.root, "typed"))).base).toEqual([join(made.root, "typed")]);
  });

  it("of which git ignores a part are refused, with both parts", async () => {
    const made = repository();
    made.write({ "mine/built/definition.mjs": "" });
    await expect(kernelsOf(made, join(made.root, "mine"))).rejects.toThrow(CommandEnd);
    await expect(duetKernels([join(made.root, "mine")], open as Checkouts)).rejects.toThrow(
      "--kernels mine: git ignores built/definition.mjs, but not echo/definition.mjs: ",
    );
  });

  it("of which a family is a link are each state's own where it leads to its like, and one version where it leads out of both", async () => {
    const made = repository();
    made.commit({ "parts/twice/definition.mjs": "" });
    symlinkSync("../parts/twice", join(made.root, "mine/twice"));
    made.commit();
    expect(await kernelsOf(made, join(made.root, "mine"))).toEqual({ base: ["base/mine"], head: ["head/mine"], notes: [] });
    rmSync(join(made.root, "mine/twice"));
    symlinkSync(join(made.root, "parts/twice"), join(made.root, "mine/twice"));
    made.commit();
    expect((await kernelsOf(made, join(made.root, "mine"))).notes).toEqual([
      "--kernels mine: twice/definition.mjs is reached by a link that leads out of both states, so base and head are measured with the same mechanisms of it, as they are now.",
    ]);
  });

  it("that are several are each by its own rule", async () => {
    const made = repository();
    made.write({ "built/echo/definition.js": "" });
    mkdirSync(join(made.root, "none"));
    const { base, head, notes } = await kernelsOf(made, join(made.root, "mine"), join(made.root, "built"));
    expect([base, head, notes.length]).toEqual([["base/mine", join(made.root, "built")], ["head/mine", join(made.root, "built")], 1]);
  });
});
