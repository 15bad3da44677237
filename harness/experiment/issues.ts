import { z } from "zod";
import { acceptedBy, recognisedBy } from "./accepted.ts";
import { valueAt } from "./document.ts";
import { cut, type Draft, nearest, show } from "./problem.ts";

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

/** What a schema found wrong with a value, in words: every unknown key, missing key and refused value with its path. */
export const draftsOf = (issues: readonly Issue[], schema: Schema, value: unknown): readonly Draft[] => {
  const drafts = issues.flatMap((issue) => draftsOfIssue(issue, schema, value, []));
  // A misspelt key is one mistake, not an unknown key and a missing one.
  const meant = new Set(drafts.flatMap((draft) => (draft.suggestion && draft.on === "key" ? [keyText([...draft.path.slice(0, -1), draft.suggestion])] : [])));
  const wanted = drafts.filter((draft) => draft.message !== missing || !meant.has(keyText(draft.path)));
  // What is not even written as accepted is out of range too: the first complaint about a value is enough.
  return [...new Map(wanted.toReversed().map((draft) => [keyText(draft.path), draft] as const)).values()].reverse();
};

const missing = "missing";
const keyText = (path: readonly PropertyKey[]): string => JSON.stringify(path.map(String));

const draftsOfIssue = (issue: Issue, schema: Schema, value: unknown, base: readonly PropertyKey[]): readonly Draft[] => {
  const path = [...base, ...issue.path];
  const given = valueAt(value, issue.path);
  const node = schemaAt(schema, issue.path, value);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(key, path, node && optionFor(node, given)));
  if (issue.code === "invalid_union" && node instanceof z.ZodUnion) {
    const index = optionIndex(node, given);
    const option = node.options[index];
    const inner = issue.errors[index];
    if (option && inner && given !== undefined) return inner.flatMap((below) => draftsOfIssue(below, option, given, path));
  }
  if (issue.code === "invalid_union" && issue.discriminator !== undefined) {
    const names = discriminators(schemaAt(schema, issue.path.slice(0, -1), value), issue.discriminator);
    return [
      valueDraft(path, given, names.join(", "), given === undefined ? missing : "unknown", typeof given === "string" ? nearest(given, names) : undefined),
    ];
  }
  const accepted = acceptedAt(node);
  if (given === undefined) return [{ path, on: "key", message: missing, accepted }];
  const suggestion = issue.code === "invalid_value" && typeof given === "string" ? nearest(given, issue.values.map(String)) : rewritten(node, given);
  return [valueDraft(path, given, accepted, reason(issue, given), suggestion)];
};

// 90 for a duration, 5 for a share, 256 for a list: the number is right, its writing is not.
const rewritten = (node: Schema | undefined, given: unknown): string | undefined => {
  if (node === undefined || typeof given !== "number") return undefined;
  const fitting = [String(given), `${given}%`, `${given}s`, [given]].find((candidate) => z.safeParse(node, candidate).success);
  return fitting === undefined ? undefined : fitting === String(given) || Array.isArray(fitting) ? show(fitting) : fitting;
};

const valueDraft = (path: readonly PropertyKey[], given: unknown, accepted: string | undefined, message: string, suggestion: string | undefined): Draft =>
  given === undefined ? { path, on: "key", message: missing, accepted } : { path, on: "value", message, given: show(given), accepted, suggestion };

const unknownKey = (key: string, path: readonly PropertyKey[], node: Schema | undefined): Draft => {
  const keys = node instanceof z.ZodObject ? Object.keys(node.shape) : [];
  return { path: [...path, key], on: "key", message: "unknown key", given: cut(key), accepted: keys.join(", "), suggestion: nearest(key, keys) };
};

const reason = (issue: Issue, given: unknown): string => {
  switch (issue.code) {
    case "custom":
      return issue.message;
    case "invalid_value":
      return typeof given === "string" ? "unknown" : "not accepted here";
    case "invalid_format":
      return given === "" ? "empty" : "not written as accepted";
    case "too_small":
      if (issue.origin === "array" && issue.minimum > 1) return "too few";
      return issue.origin === "array" || issue.origin === "string" ? "empty" : "too small";
    case "too_big":
      return issue.origin === "array" ? "too many" : issue.origin === "string" ? "too long" : "too large";
    case "invalid_type":
      if (typeof given === "number" && !Number.isFinite(given)) return "not a finite number";
      if (typeof given === "number" && issue.expected === "int") return Number.isInteger(given) ? "too large" : "not a whole number";
      return given === null ? "has no value" : "not accepted here";
    default:
      return "not accepted here";
  }
};

const acceptedAt = (node: Schema | undefined): string | undefined => {
  if (node === undefined) return undefined;
  const words = acceptedBy(node);
  if (words !== undefined) return words;
  if (node instanceof z.ZodEnum) return node.options.map(String).join(", ");
  if (node instanceof z.ZodObject) return `{ ${Object.keys(node.shape).join(", ")} }`;
  if (node instanceof z.ZodArray) return "a list";
  return undefined;
};

/** The schema that a path of a value leads to, through optionals and the option of each union that fits the value. */
const schemaAt = (schema: Schema, path: readonly PropertyKey[], value: unknown): Schema | undefined => {
  if (schema instanceof z.ZodOptional) return schemaAt(schema.unwrap(), path, value);
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  if (schema instanceof z.ZodUnion) {
    const option = schema.options[optionIndex(schema, value)];
    return option && schemaAt(option, path, value);
  }
  const next =
    schema instanceof z.ZodObject
      ? schema.shape[String(step)]
      : schema instanceof z.ZodArray
        ? schema.element
        : schema instanceof z.ZodRecord
          ? schema.valueType
          : undefined;
  return next && schemaAt(next, rest, valueAt(value, [step]));
};

/** The innermost option of nested unions that fits a value. */
const optionFor = (schema: Schema, value: unknown): Schema => {
  const option = schema instanceof z.ZodUnion ? schema.options[optionIndex(schema, value)] : undefined;
  return option === undefined ? schema : optionFor(option, value);
};

const optionIndex = (union: z.ZodUnion, value: unknown): number => union.options.findIndex((option) => fits(option, value));

// The unions of an experiment differ by kind of value, by a key that one of them is known by, or by the literal under `use`: the first that fits is meant.
const fits = (schema: Schema, value: unknown): boolean => {
  if (schema instanceof z.ZodUnion) {
    return schema instanceof z.ZodDiscriminatedUnion ? isMapping(value) : schema.options.some((option) => fits(option, value));
  }
  const recognises = recognisedBy(schema);
  if (recognises) return isMapping(value) && recognises(value as object);
  if (schema instanceof z.ZodObject) {
    const literals = Object.entries(schema.shape).filter(([, field]) => field instanceof z.ZodLiteral);
    return isMapping(value) && literals.every(([key, field]) => field instanceof z.ZodLiteral && field.value === valueAt(value, [key]));
  }
  if (schema instanceof z.ZodArray) return Array.isArray(value);
  if (schema instanceof z.ZodRecord) return isMapping(value);
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return typeof value === "string";
  return schema instanceof z.ZodNumber && typeof value === "number";
};

const isMapping = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

const discriminators = (schema: Schema | undefined, key: string): readonly string[] => {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => discriminators(option, key));
  const field = schema instanceof z.ZodObject ? schema.shape[key] : undefined;
  return field instanceof z.ZodLiteral ? [String(field.value)] : [];
};
