import type { Step } from "./mechanism.ts";

type Constants = Step["constants"];

type Block =
  | { readonly kind: "line"; readonly text: string }
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
  const lines = source.split("\n");
  const { blocks, next } = parse(lines, 0);
  if (next < lines.length) throw new Error(`line ${next + 1}: ${lines[next]?.trim()} without a block`);
  const text = expand(blocks, constants).join("\n");
  refuseClashes(source);
  return text;
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
      blocks.push({ kind: "line", text });
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

const expand = (blocks: readonly Block[], names: Constants): string[] =>
  blocks.flatMap((block) => {
    if (block.kind === "line") return substitute(block.text, names);
    if (block.kind === "each") {
      return Array.from({ length: integer(block.limit, names) }, (_, i) => expand(block.body, { ...names, [block.variable]: i })).flat();
    }
    const negated = block.name.startsWith("!");
    const value = names[block.name.slice(negated ? 1 : 0)];
    if (typeof value !== "boolean") throw new Error(`#if ${block.name}: a boolean is wanted, it is ${value}`);
    return expand(value !== negated ? block.body : block.otherwise, names);
  });

const substitute = (line: string, names: Constants): string =>
  line.replace(/\$\{\s*(\w+)\s*(?:([*/%+])\s*(\w+)\s*)?\}/g, (_, left: string, operator: string | undefined, right: string | undefined) => {
    const a = integer(left, names);
    if (operator === undefined || right === undefined) return String(a);
    const b = integer(right, names);
    const results: Record<string, number> = { "*": a * b, "+": a + b, "/": Math.floor(a / b), "%": a % b };
    return String(results[operator]);
  });

const integer = (text: string, names: Constants): number => {
  const value = /^\d+$/.test(text) ? Number(text) : names[text];
  if (typeof value !== "number") throw new Error(`${text} is not a number here: it is ${value}`);
  return value;
};
