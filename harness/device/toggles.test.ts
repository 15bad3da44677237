import { expect, it } from "vitest";
import { checkingToggles, timingToggles } from "./toggles.ts";

it("kernels are held to their references as they are timed, but that bounds are checked", () => {
  expect(timingToggles.enabled.filter((toggle) => !checkingToggles.enabled.includes(toggle))).toEqual(["disable_robustness"]);
  expect(checkingToggles.enabled.filter((toggle) => !timingToggles.enabled.includes(toggle))).toEqual([]);
  expect(checkingToggles.disabled).toEqual(timingToggles.disabled);
});
