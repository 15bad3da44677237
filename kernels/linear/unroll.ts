/** Names a kernel source may count by or test: the constants of its step. */
export type Counts = Readonly<Record<string, number | boolean>>;

const directive = /^\s*#(each|if|else|end)\b(.*)$/;
const expression = /\$\{\s*(\w+)\s*(?:([*/%+])\s*(\w+)\s*)?\}/g;

/**
 * Expand a .wgsl source: `#each i COUNT` … `#end` repeats its lines with i = 0 … COUNT − 1, `#if NAME` … `#else` … `#end` keeps one side,
 * and `${i}`, `${i + 1}`, `${i / SIZE}`, `${i % SIZE}` become whole numbers. Private arrays with variable indices are memory on software
 * adapters and take minutes to compile (DESIGN §7), so register tiles are named scalars, and this names them.
 * Throws on unknown names and unbalanced blocks: a mistake in a kernel, not in its use.
 */
export const unroll = (source: string, counts: Counts): string => {
  const { lines, next } = expand(source.split("\n"), 0, counts);
  if (next < source.split("\n").length) throw new Error(`line ${next + 1}: #end or #else without a block`);
  return lines.join("\n");
};

interface Expanded {
  readonly lines: readonly string[];
  /** index of the directive that closed the block, or of the end */
  readonly next: number;
}

const expand = (source: readonly string[], from: number, names: Counts): Expanded => {
  const lines: string[] = [];
  for (let at = from; at < source.length; at++) {
    const line = source[at] ?? "";
    const [, word, rest = ""] = directive.exec(line) ?? [];
    if (word === undefined) {
      lines.push(substitute(line, names));
      continue;
    }
    if (word === "end" || word === "else") return { lines, next: at };
    const block = word === "each" ? expandEach(source, at, rest, names) : expandIf(source, at, rest, names);
    lines.push(...block.lines);
    at = block.next;
  }
  return { lines, next: source.length };
};

const expandEach = (source: readonly string[], at: number, rest: string, names: Counts): Expanded => {
  const [variable = "", limit = ""] = rest.trim().split(/\s+/);
  const lines: string[] = [];
  // An empty range still has to find its #end.
  let next = expand(source, at + 1, { ...names, [variable]: 0 }).next;
  for (let i = 0; i < integer(limit, names); i++) {
    const body = expand(source, at + 1, { ...names, [variable]: i });
    lines.push(...body.lines);
    next = body.next;
  }
  return { lines, next: closed(source, next, at) };
};

const expandIf = (source: readonly string[], at: number, rest: string, names: Counts): Expanded => {
  const name = rest.trim();
  const value = names[name];
  if (typeof value !== "boolean") throw new Error(`line ${at + 1}: #if wants a boolean, ${name} is ${value}`);
  const first = expand(source, at + 1, names);
  const second = /^\s*#else\b/.test(source[first.next] ?? "") ? expand(source, first.next + 1, names) : undefined;
  return { lines: value ? first.lines : (second?.lines ?? []), next: closed(source, second?.next ?? first.next, at) };
};

const closed = (source: readonly string[], next: number, opened: number): number => {
  if (!/^\s*#end\b/.test(source[next] ?? "")) throw new Error(`line ${opened + 1}: block without #end`);
  return next;
};

const substitute = (line: string, names: Counts): string =>
  line.replace(expression, (_, left: string, operator: string | undefined, right: string | undefined) => {
    const a = integer(left, names);
    if (operator === undefined || right === undefined) return String(a);
    const b = integer(right, names);
    const results: Record<string, number> = { "*": a * b, "+": a + b, "/": Math.floor(a / b), "%": a % b };
    return String(results[operator]);
  });

const integer = (text: string, names: Counts): number => {
  const value = /^\d+$/.test(text) ? Number(text) : names[text];
  if (typeof value !== "number") throw new Error(`${text} is not a number here: it is ${value}`);
  return value;
};
