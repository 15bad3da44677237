import { z } from "zod";

/** What a value of a record may be at its smallest parts. A file comes from anywhere: beyond these, sums and squares leave the numbers that a computer has, and names the page that shows them. */

/** Longest text of a record; the page cuts what it shows. */
const mostCharacters = 100_000;
/** 30 years of ms, and more bytes or FLOPs than any run moves. */
const mostMs = 1e12;
const mostAmount = 1e30;
/** Shorter than light takes to cross an atom: no clock has it, and its square is a number still. */
const leastMs = 1e-15;

export const text = z.string().max(mostCharacters);
/** Keys of a record are shown too. */
export const name = z.string().max(1000);

export const count = z.int().min(0);
/** n ≤ 2²⁷ is what an experiment may ask for (DESIGN §5); the widest instrument is no larger. */
export const size = z
  .int()
  .min(1)
  .max(2 ** 31);

export const isMs = (value: unknown): value is number =>
  typeof value === "number" && (value === 0 || (Number.isFinite(value) && value >= leastMs && value <= mostMs));

export const ms = z.custom<number>(isMs, { error: "expected a time in ms, from 0 on" });
/** A list of thousands: looked at whole, so that a large run is read in no time. */
export const msList = z.custom<number[]>((value) => Array.isArray(value) && value.every(isMs), { error: "expected a list of times in ms, from 0 on" });

/** FLOPs, bytes, rates */
export const amount = z.number().min(0).max(mostAmount);
/** a slope or a coefficient */
export const real = z.number().min(-mostAmount).max(mostAmount);

export const parameterValue = z.union([real, text, z.boolean()]);
export const namedValues = z.record(name, parameterValue);

/** Present as `undefined` in memory, absent in the file. */
export const maybe = <T>(schema: z.ZodType<T>): z.ZodType<T | undefined> => schema.optional();
