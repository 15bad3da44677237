import { z } from "zod";

const acceptedTexts = new WeakMap<z.core.$ZodType, string>();

/** What a schema accepts, in words; undefined for those that say it by their keys or values. */
export const acceptedBy = (schema: z.core.$ZodType): string | undefined => acceptedTexts.get(schema);

const recognising = new WeakMap<z.core.$ZodType, (value: object) => boolean>();

/** How one of several objects that a value may be is told by its keys; undefined for those that a literal tells. */
export const recognisedBy = (schema: z.core.$ZodType): ((value: object) => boolean) | undefined => recognising.get(schema);

/** A schema with the words for what it accepts. */
export const accepting = <Schema extends z.ZodType>(schema: Schema, accepted: string, about?: string): Schema => {
  const described = about === undefined ? schema : schema.meta({ description: about });
  acceptedTexts.set(described, accepted);
  return described;
};

export const text = (accepted: string, about: string, most = 10_000) => accepting(z.string().trim().min(1).max(most), accepted, about);

export const wholeNumber = (minimum: number, maximum: number, about?: string, multipleOf = 1) =>
  multipleOf === 1
    ? accepting(z.int().min(minimum).max(maximum), `a whole number from ${minimum} to ${maximum}`, about)
    : accepting(z.int().min(minimum).max(maximum).multipleOf(multipleOf), `a multiple of ${multipleOf} from ${minimum} to ${maximum}`, about);

/** An object that is meant, among several that a value may be, where `recognises` says so of its keys. */
export const recognisedWhere = <Schema extends z.ZodType>(schema: Schema, recognises: (value: object) => boolean): Schema => {
  recognising.set(schema, recognises);
  return schema;
};

export const optionalEach = <Schema extends z.ZodType>(entries: Iterable<readonly [string, Schema]>) =>
  Object.fromEntries([...entries].map(([name, schema]) => [name, schema.optional()] as const));
