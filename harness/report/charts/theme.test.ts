import { expect, it } from "vitest";
import { mixing, stageWords } from "../../../kernels/model/stageNames.ts";
import { linearArm, softmaxArm } from "../fixtureArms.ts";
import { stageFills } from "./theme.ts";

const channelsOf = (colour: string): readonly number[] => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);

/** Relative luminance, as WCAG has it. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = channelsOf(colour).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one: string, other: string): number => {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (high + 0.05) / (low + 0.05);
};

/** Degrees. */
const hue = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = channelsOf(colour);
  return (Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue) * 180) / Math.PI;
};

it.each(["light", "dark"] as const)("attention is told from all other stages by its lightness alone, and is of no mixer's hue: %s", (scheme) => {
  const place = Object.keys(stageWords).indexOf(mixing);
  const attention = stageFills[place]?.[scheme] ?? "";
  for (const other of stageFills.filter((_, i) => i !== place)) expect(contrast(attention, other[scheme])).toBeGreaterThan(1.4);
  for (const { look } of [softmaxArm, linearArm]) {
    const apart = Math.abs(hue(attention) - hue(look.colour[scheme])) % 360;
    expect(Math.min(apart, 360 - apart)).toBeGreaterThan(40);
  }
});
