import { z } from "zod";
import { accepting } from "./accepted.ts";
import { durationPattern, parseDuration } from "./units.ts";

/** A duration as text, `90s`, of `least` to `most` seconds. */
export const duration = (about: string, least: number, most: number) =>
  accepting(
    z
      .string()
      .regex(durationPattern)
      .refine((given) => within(parseDuration(given), least, most), "out of range"),
    `a duration from ${seconds(least)} to ${seconds(most)}, e.g. ${least < 1 ? "500ms, " : ""}90s or 5m`,
    about,
  );

const seconds = (value: number): string => (value < 1 ? `${value * 1000}ms` : value < 3600 ? `${value}s` : `${value / 3600}h`);

/** Is a number there, and in these bounds? */
export const within = (value: number | undefined, least: number, most: number): boolean => value !== undefined && value >= least && value <= most;
