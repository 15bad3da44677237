import type { Step } from "./mechanism.ts";

type Constants = Step["constants"];
/** of constants, and of counters within their blocks */
type Names = Record<string, Constants[string] | undefined>;

/** A whole number, or the name of one. */
type Term = number | string;
interface Counted {
  readonly left: Term;
  readonly operator: string | undefined;
  readonly right: Term;
}

type Block =
  | { readonly kind: "line"; readonly parts: readonly (string | Counted)[] }
  | { readonly kind: "each"; readonly variable: string; readonly limit: string; readonly body: readonly Block[] }
  | { readonly kind: "if"; readonly name: string; readonly body: readonly Block[]; readonly otherwise: readonly Block[] };

/**
 * Expand a .wgsl source: `#each i COUNT` … `#end` repeats its lines with i = 0 … COUNT − 1, `#if NAME` or `#if !NAME` … `#else` … `#end` keeps one side,
 * and `${i}`, `${i + 1}`, `${i * 4}`, `${i / SIZE}`, `${i % SIZE}` become whole numbers; blocks nest. COUNT, NAME and SIZE are constants of the
 * step. WGSL has neither arrays of registers nor macros: a private array with a variable index lives in memory on software adapters and
 * compiles slowly there, so register tiles are named scalars, and this names them.
 * Throws on unknown names and unbalanced blocks: a mistake in a kernel, not in its use.
 */
export const expandTemplate = (source: string, constants: Constants): string => {
  const known = expandedOf(source);
  const key = JSON.stringify(constants);
  const before = known.get(key);
  if (before !== undefined) return before;
  const lines: string[] = [];
  expand(blocksOf(source), { ...constants }, lines);
  const text = lines.join("\n");
  const [oldest] = known.keys();
  if (known.size >= mostKept && oldest !== undefined) known.delete(oldest);
  known.set(key, text);
  return text;
};

/** A sweep over n asks for the same texts at every length, which are some tens of KiB each. */
const mostKept = 16;
/** by source, then by constants */
const expanded = new Map<string, Map<string, string>>();

const expandedOf = (source: string): Map<string, string> => {
  const known = expanded.get(source) ?? new Map<string, string>();
  expanded.set(source, known);
  return known;
};

/** by source: these are few, and a plan asks for the same ones at every shape */
const met = new Map<string, readonly Block[]>();

const blocksOf = (source: string): readonly Block[] => {
  const known = met.get(source);
  if (known) return known;
  const lines = source.split("\n");
  const { blocks, next } = parse(lines, 0);
  if (next < lines.length) throw new Error(`line ${next + 1}: ${lines[next]?.trim()} without a block`);
  refuseClashes(source);
  met.set(source, blocks);
  return blocks;
};

/**
 * `let name${i}` with i = 0 is `let name0`: where the same function declares a `name0` besides, one hides the other without a word. Throws on the first such
 * name.
 */
const refuseClashes = (source: string): void => {
  for (const body of source.split(/^(?:@compute|fn )/m)) {
    const declared = new Set(Array.from(body.matchAll(/\b(?:let|var)\s+([A-Za-z_]+)\d+\b(?!\$)/g), ([, name]) => name));
    for (const [, name] of body.matchAll(/\b(?:let|var)\s+([A-Za-z_]+)\$\{[^}]*\}\s*[:=]/g)) {
      if (declared.has(name)) throw new Error(`${name} is declared both with a counted number and with one of its own: give one of them another name`);
    }
  }
};

const directive = /^\s*#(each|if|else|end)\b\s*(\S*)\s*(\S*)/;

/** Blocks up to the #else or #end that closes this level, or the end of the source; `next` is its index. */
const parse = (lines: readonly string[], from: number): { readonly blocks: readonly Block[]; readonly next: number } => {
  const blocks: Block[] = [];
  for (let at = from; at < lines.length; at++) {
    const text = lines[at] ?? "";
    const [, word, first = "", second = ""] = directive.exec(text) ?? [];
    if (word === "end" || word === "else") return { blocks, next: at };
    if (word === undefined) {
      blocks.push({ kind: "line", parts: partsOf(text) });
      continue;
    }
    const body = parse(lines, at + 1);
    const otherwise = word === "if" && lines[body.next]?.trim() === "#else" ? parse(lines, body.next + 1) : { blocks: [], next: body.next };
    if (lines[otherwise.next]?.trim() !== "#end") throw new Error(`line ${at + 1}: ${text.trim()} without #end`);
    blocks.push(
      word === "each"
        ? { kind: "each", variable: first, limit: second, body: body.blocks }
        : { kind: "if", name: first, body: body.blocks, otherwise: otherwise.blocks },
    );
    at = otherwise.next;
  }
  return { blocks, next: lines.length };
};

const place = /\$\{\s*(\w+)\s*(?:([*/%+])\s*(\w+)\s*)?\}/g;

/** What stands between places to fill in, and those. */
const partsOf = (line: string): (string | Counted)[] => {
  const parts: (string | Counted)[] = [];
  let from = 0;
  for (const { 0: found, 1: left = "", 2: operator, 3: right = "", index } of line.matchAll(place)) {
    parts.push(line.slice(from, index), { left: termOf(left), operator, right: termOf(right) });
    from = index + found.length;
  }
  return [...parts, line.slice(from)];
};

const termOf = (text: string): Term => (/^\d+$/.test(text) ? Number(text) : text);

/** Adds the lines of blocks to `lines`. `names` has each counter while its block is repeated, and is as before after it. */
const expand = (blocks: readonly Block[], names: Names, lines: string[]): void => {
  for (const block of blocks) {
    if (block.kind === "line") lines.push(filledIn(block.parts, names));
    else if (block.kind === "each") {
      const { variable, body } = block;
      const count = integer(termOf(block.limit), names);
      const outer = names[variable];
      for (let i = 0; i < count; i++) {
        names[variable] = i;
        expand(body, names, lines);
      }
      names[variable] = outer;
    } else {
      const negated = block.name.startsWith("!");
      const value = names[block.name.slice(negated ? 1 : 0)];
      if (typeof value !== "boolean") throw new Error(`#if ${block.name}: a boolean is wanted, it is ${value}`);
      expand(value !== negated ? block.body : block.otherwise, names, lines);
    }
  }
};

const filledIn = (parts: readonly (string | Counted)[], names: Names): string => {
  let text = "";
  for (const part of parts) text += typeof part === "string" ? part : countedValue(part, names);
  return text;
};

const countedValue = ({ left, operator, right }: Counted, names: Names): number => {
  const a = integer(left, names);
  if (operator === undefined) return a;
  const b = integer(right, names);
  if (operator === "*") return a * b;
  if (operator === "+") return a + b;
  return operator === "/" ? Math.floor(a / b) : a % b;
};

const integer = (term: Term, names: Names): number => {
  const value = typeof term === "number" ? term : names[term];
  if (typeof value !== "number") throw new Error(`${term} is not a number here: it is ${value}`);
  return value;
};
