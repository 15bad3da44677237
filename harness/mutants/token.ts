/** A word of WGSL where it stands in its module: `offset` counts from 0, lines and columns from 1. */
export interface Token {
  readonly kind: "name" | "number" | "mark";
  readonly text: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** Names that a `<` follows as a bracket and not as a comparison. */
const templates = /^(?:array|atomic|bitcast|ptr|var|(?:vec[234]|mat[234]x[234]))$/;

// A number keeps its suffix; of marks the longest that fits is taken.
const word =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|([A-Za-z_]\w*)|(0[xX][\da-fA-F]+[iu]?|(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?[iufh]?)|(<<=|>>=|->|&&|\|\||<<|>>|<=|>=|==|!=|\+\+|--|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|[^\s])/g;

/** The tokens of a WGSL text in order, without comments. */
export const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  let seen = 0;
  for (const match of text.matchAll(word)) {
    for (let at = text.indexOf("\n", seen); at !== -1 && at < match.index; at = text.indexOf("\n", at + 1)) {
      line++;
      lineStart = at + 1;
    }
    seen = match.index;
    const [all, name, number, mark] = match;
    const kind = name !== undefined ? "name" : number !== undefined ? "number" : mark !== undefined ? "mark" : undefined;
    if (kind) tokens.push({ kind, text: all, offset: match.index, line, column: match.index - lineStart + 1 });
  }
  return tokens;
};

/** Indices of the token after the one that closes what opens at `from`: `(`, `[` or `{`. The end where nothing closes it. */
export const pastBrackets = (tokens: readonly Token[], from: number): number => {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    const text = tokens[at]?.text ?? "";
    if ("([{".includes(text)) depth++;
    if (")]}".includes(text) && --depth === 0) return at + 1;
  }
  return tokens.length;
};

/** The indices of tokens that are part of a template list: from `<` to its `>`, both included. */
export const templateIndices = (tokens: readonly Token[]): ReadonlySet<number> => {
  const inside = new Set<number>();
  for (let at = 1; at < tokens.length; at++) {
    if (tokens[at]?.text !== "<" || inside.has(at) || !templates.test(tokens[at - 1]?.text ?? "")) continue;
    let depth = 0;
    for (let end = at; end < tokens.length; end++) {
      const text = tokens[end]?.text;
      if (text === "<") depth++;
      if (text === ">") depth--;
      if (text === ">>") depth -= 2;
      inside.add(end);
      if (depth <= 0) break;
    }
  }
  return inside;
};

/**
 * The indices of tokens that compute: bodies of functions, without attributes, template lists and `const` lines. What declares (bindings, parameters,
 * workgroup memory, sizes) is left out.
 */
export const computingIndices = (tokens: readonly Token[]): readonly number[] => {
  const inTemplates = templateIndices(tokens);
  const indices: number[] = [];
  for (let at = 0; at < tokens.length; at++) {
    if (tokens[at]?.text !== "fn") continue;
    let body = at;
    while (body < tokens.length && tokens[body]?.text !== "{") body++;
    const end = pastBrackets(tokens, body);
    for (let inside = body; inside < end; inside++) {
      const text = tokens[inside]?.text;
      if (text === "const") while (inside < end && tokens[inside]?.text !== ";") inside++;
      else if (!inTemplates.has(inside)) indices.push(inside);
    }
    at = end - 1;
  }
  return indices;
};

/**
 * Threads of a workgroup: the product of @workgroup_size, its names read from the module's own `const` lines, which multiply and divide. Throws where
 * they do anything else.
 */
export const workgroupThreads = (text: string): number => {
  const sizes = /@workgroup_size\(([^)]*)\)/.exec(text)?.[1];
  if (sizes === undefined) throw new Error("a module without @workgroup_size");
  return sizes
    .split(",")
    .filter((size) => size.trim() !== "")
    .reduce((product, size) => product * wholeValue(text, size.trim()), 1);
};

const wholeValue = (text: string, expression: string): number => {
  if (/^\d+[iu]?$/.test(expression)) return Number.parseInt(expression, 10);
  const declared = new RegExp(`^const ${expression} = ([^;]*);`, "m").exec(text)?.[1];
  if (/^\w+$/.test(expression) && declared !== undefined) return wholeValue(text, declared.trim());
  const [, left, operator, right] = /^(.*)\s([*/])\s(\w+)$/.exec(expression) ?? [];
  if (left === undefined || right === undefined) throw new Error(`@workgroup_size: ${expression} is no product or quotient of the module's constants`);
  const [a, b] = [wholeValue(text, left), wholeValue(text, right)];
  return operator === "*" ? a * b : Math.floor(a / b);
};
