import { ExpressionFlaw, type Token, tokenize } from "./tokens.ts";

/** and, or, not over leaves: comparisons of cells, or expectations of results. */
export type Condition<Leaf> =
  | { readonly kind: "and" | "or"; readonly left: Condition<Leaf>; readonly right: Condition<Leaf> }
  | { readonly kind: "not"; readonly operand: Condition<Leaf> }
  | { readonly kind: "leaf"; readonly leaf: Leaf };

/** Tokens read from left to right. */
export interface TokenStream {
  peek(ahead?: number): Token;
  take(): Token;
  /** Take the token if it reads so, and say whether. */
  accept(kind: Token["kind"], text: string): boolean;
  /** Take the token, which must read so. Throws ExpressionFlaw. */
  expect(kind: Token["kind"], text: string): void;
}

const stream = (tokens: readonly Token[]): TokenStream => {
  let next = 0;
  const peek = (ahead = 0): Token => {
    const token = tokens[Math.min(next + ahead, tokens.length - 1)];
    if (token === undefined) throw new Error("an expression without an end token");
    return token;
  };
  const take = (): Token => {
    const token = peek();
    next += 1;
    return token;
  };
  const accept = (kind: Token["kind"], text: string): boolean => {
    const token = peek();
    const fits = token.kind === kind && token.text === text;
    if (fits) next += 1;
    return fits;
  };
  const expect = (kind: Token["kind"], text: string): void => {
    if (!accept(kind, text)) throw unexpected(peek(), text);
  };
  return { peek, take, accept, expect };
};

/** What to say about a token that cannot stand where it does. */
export const unexpected = (token: Token, accepted: string): ExpressionFlaw =>
  new ExpressionFlaw(
    token.kind === "end"
      ? { at: token.at, message: "the expression ends too early", accepted }
      : { at: token.at, message: "not expected here", given: token.text, accepted },
  );

/** Parse a whole text: `or` binds loosest, then `and`, then `not`. Throws ExpressionFlaw. */
export const parseCondition = <Leaf>(text: string, leaf: (tokens: TokenStream) => Leaf): Condition<Leaf> => {
  const tokens = stream(tokenize(text));
  const parsePrimary = (): Condition<Leaf> => {
    if (tokens.accept("word", "not")) return { kind: "not", operand: parsePrimary() };
    if (tokens.accept("mark", "(")) {
      const inner = parseOr();
      tokens.expect("mark", ")");
      return inner;
    }
    return { kind: "leaf", leaf: leaf(tokens) };
  };
  const parseAnd = (): Condition<Leaf> => {
    let left = parsePrimary();
    while (tokens.accept("word", "and")) left = { kind: "and", left, right: parsePrimary() };
    return left;
  };
  const parseOr = (): Condition<Leaf> => {
    let left = parseAnd();
    while (tokens.accept("word", "or")) left = { kind: "or", left, right: parseAnd() };
    return left;
  };
  const condition = parseOr();
  if (tokens.peek().kind !== "end") throw unexpected(tokens.peek(), "and, or, or the end");
  return condition;
};

/** Kleene's three values: undefined is undecided, and stays so unless the other side settles it. */
export const evaluateCondition = <Leaf>(condition: Condition<Leaf>, decide: (leaf: Leaf) => boolean | undefined): boolean | undefined => {
  switch (condition.kind) {
    case "leaf":
      return decide(condition.leaf);
    case "not": {
      const operand = evaluateCondition(condition.operand, decide);
      return operand === undefined ? undefined : !operand;
    }
    case "and":
    case "or": {
      const settles = condition.kind === "or";
      const left = evaluateCondition(condition.left, decide);
      if (left === settles) return settles;
      const right = evaluateCondition(condition.right, decide);
      if (right === settles) return settles;
      return left === undefined || right === undefined ? undefined : !settles;
    }
  }
};

/** Every leaf, from left to right. */
export const leavesOf = <Leaf>(condition: Condition<Leaf>): readonly Leaf[] => {
  if (condition.kind === "leaf") return [condition.leaf];
  return condition.kind === "not" ? leavesOf(condition.operand) : [...leavesOf(condition.left), ...leavesOf(condition.right)];
};
