import type { Cell } from "../experiment.ts";
import { nearest } from "../problem.ts";
import { type Condition, evaluateCondition, parseCondition, type TokenStream, unexpected } from "./condition.ts";
import type { Field, Fields } from "./fields.ts";
import { type Comparator, ExpressionFlaw, type Parsed, parsed, type Token } from "./tokens.ts";

export type Operand =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string };

export interface Comparison {
  readonly operator: Comparator;
  readonly left: Operand;
  readonly right: Operand;
}

/** A condition on one cell: `n > 4096 and form = naive`. */
export type Predicate = Condition<Comparison>;

/** Parse `exclude` and `--filter`. Unknown names and values that a field never takes are flaws. */
export const parsePredicate = (text: string, fields: Fields): Parsed<Predicate> => parsed(() => parseCondition(text, (tokens) => comparison(tokens, fields)));

/** Does a cell meet a predicate? A parameter that its mechanism does not have is unequal to everything. */
export const meets = (cell: Cell, predicate: Predicate): boolean => evaluateCondition(predicate, (leaf) => compareCell(cell, leaf)) === true;

const comparators = "= != < <= > >=";

const comparison = (tokens: TokenStream, fields: Fields): Comparison => {
  const leftToken = tokens.take();
  const [left, field] = leftOperand(leftToken, fields);
  const operatorToken = tokens.take();
  if (operatorToken.kind !== "comparator") throw unexpected(operatorToken, comparators);
  const operator = operatorToken.text;
  if (field.kind === "text" && operator !== "=" && operator !== "!=") {
    throw new ExpressionFlaw({ at: operatorToken.at, message: `${leftToken.text} is no number`, given: operator, accepted: "= or !=" });
  }
  const right = rightOperand(tokens.take(), field, leftToken.text, fields);
  return { operator, left, right };
};

const leftOperand = (token: Token, fields: Fields): [Operand, Field] => {
  if (token.kind !== "word") throw unexpected(token, "a name such as n, heads or mechanism");
  const field = fields.get(token.text);
  if (field === undefined) throw unknownName(token, "nothing of a cell is called this", [...fields.keys()]);
  return [{ kind: "field", name: token.text }, field];
};

const rightOperand = (token: Token, field: Field, name: string, fields: Fields): Operand => {
  if (field.kind === "number") {
    if (token.kind === "number") return { kind: "number", value: token.value };
    if (token.kind === "word" && fields.get(token.text)?.kind === "number") return { kind: "field", name: token.text };
    throw unexpected(token, `a number, or a size to compare ${name} with`);
  }
  if (token.kind === "end" || token.kind === "mark" || token.kind === "comparator") throw unexpected(token, field.values.join(", "));
  if (!field.values.includes(token.text)) throw unknownName(token, `${name} never has this value`, field.values);
  return { kind: "text", value: token.text };
};

/** A flaw for a name that is none of these. */
export const unknownName = (token: Token, message: string, names: readonly string[]): ExpressionFlaw =>
  token.kind === "end"
    ? unexpected(token, names.join(", "))
    : new ExpressionFlaw({ at: token.at, message, given: token.text, accepted: names.join(", "), suggestion: nearest(token.text, names) });

const compareCell = (cell: Cell, { operator, left, right }: Comparison): boolean => {
  if (left.kind === "field" && left.name === "mechanism" && right.kind === "text") {
    const same = [cell.mechanism, cell.label, cell.form].includes(right.value);
    return operator === "=" ? same : !same;
  }
  const leftValue = operandValue(cell, left);
  const rightValue = operandValue(cell, right);
  if (leftValue === undefined || rightValue === undefined) return operator === "!=";
  if (typeof leftValue === "number" && typeof rightValue === "number") return compareNumbers(leftValue, operator, rightValue);
  return (String(leftValue) === String(rightValue)) === (operator === "=");
};

const operandValue = (cell: Cell, operand: Operand): number | string | boolean | undefined =>
  operand.kind === "field" ? cellField(cell, operand.name) : operand.value;

/** A field of a cell by name: a size, a dtype, mechanism, label, form, phase or a parameter; undefined for a parameter it does not have. */
export const cellField = (cell: Cell, name: string): number | string | boolean | undefined => {
  if (Object.hasOwn(cell.parameters, name)) return cell.parameters[name];
  const value: unknown = Object.hasOwn(cell, name) ? Reflect.get(cell, name) : undefined;
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean" ? value : undefined;
};

/** `left operator right`. */
export const compareNumbers = (left: number, operator: Comparator, right: number): boolean => {
  switch (operator) {
    case "=":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
};
