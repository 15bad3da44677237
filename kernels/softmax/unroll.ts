/**
 * Copies the body of `//@repeat name count` … `//@end` blocks, `${name}` replaced by 0, 1, … in each copy. WGSL has neither arrays of
 * registers nor macros: a private array that is indexed by a loop variable lives in memory on most compilers, named scalars do not.
 * `count` is a number or a key of `counts`; blocks nest. Throws on an unknown count or an unbalanced block.
 */
export const unroll = (wgsl: string, counts: Readonly<Record<string, number | boolean>>): string => {
  const { text, rest } = expand(wgsl.split("\n"), counts);
  if (rest.length > 0) throw new Error("//@end without //@repeat");
  return text.join("\n");
};

const expand = (lines: readonly string[], counts: Readonly<Record<string, number | boolean>>): { text: string[]; rest: readonly string[] } => {
  const text: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (/^\s*\/\/@end\b/.test(line)) return { text, rest: lines.slice(at) };
    const [, name, count] = /^\s*\/\/@repeat (\w+) (\w+)/.exec(line) ?? [];
    if (name === undefined || count === undefined) {
      text.push(line);
      continue;
    }
    const times = /^\d+$/.test(count) ? Number(count) : counts[count];
    if (typeof times !== "number") throw new Error(`//@repeat ${name} ${count}: ${count} is not a count`);
    const body = expand(lines.slice(at + 1), counts);
    if (body.rest.length === 0) throw new Error(`//@repeat ${name} ${count} has no //@end`);
    for (let i = 0; i < times; i++) text.push(...body.text.map((inner) => inner.replaceAll(`\${${name}}`, String(i))));
    at = lines.length - body.rest.length;
  }
  return { text, rest: [] };
};
