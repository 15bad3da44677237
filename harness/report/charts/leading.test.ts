import { expect, it } from "vitest";
import { fixtureRecord } from "../fixture.ts";
import { linearArm, softmaxArm } from "../fixtureArms.ts";
import { leadingOf } from "./leading.ts";

const arms = [softmaxArm, linearArm, { ...linearArm, label: "gated", mechanism: "gated" }];

it("shows the shape at which most arms can be compared, where a run had no time for the last", () => {
  const leads = (isMissing: (cell: { readonly label: string; readonly n: number; readonly dModel: number }) => boolean): unknown =>
    leadingOf(
      fixtureRecord({
        dModels: [64, 128, 256],
        arms,
        outcome: (cell) => (isMissing(cell) ? { status: "pending" } : { status: "ok" }),
      }),
    )?.facet.values.dModel;
  expect(leads(() => false)).toBe(256);
  // One dot and all else hollow.
  expect(leads(({ label, n, dModel }) => dModel === 256 && (label !== "softmax" || n > 256))).toBe(128);
  expect(leads(({ label, dModel }) => dModel === 256 && label === "linear")).toBe(128);
  expect(leads(({ label, dModel }) => dModel > 64 && label === "gated")).toBe(64);
  // The answer's arms before all others.
  expect(leads(({ label, dModel }) => label === (dModel === 256 ? "gated" : "linear"))).toBe(256);
});
