/** Operations of one thread at an instruction: a multiply-add 2, a sum or product 1; twice that where halves are packed. */
const operations: readonly (readonly [RegExp, number])[] = [
  [/^v_dot2\w*_f32_f16/, 4],
  [/^v_pk_(?:fma|fmac)_f(?:16|32)/, 4],
  [/^v_pk_(?:mul|add)_f(?:16|32)/, 2],
  [/^v_(?:dual_)?(?:fma|fmac|fmaak|fmamk|mad|mac|madak|madmk)_f(?:16|32)/, 2],
  [/^v_fma_mix/, 2],
  [/^v_(?:dual_)?(?:mul|add|sub|subrev)_f(?:16|32)/, 1],
];

/** Lines `from` to `to`, both among them, run `times` as often as those around them. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly times: number;
}

/**
 * Floating-point operations of one thread in a kernel's disassembly (RADV_DEBUG=asm), weighed as the compiler weighs cycles in its inverse
 * throughput: a loop runs 8 times, one within it 4, each deeper one twice; what the whole subgroup branches over is run half the time, what
 * threads branch over 0.75 of it (Mesa, aco_statistics.cpp). Conditions that became masks without a branch count in full.
 */
export const weighedOperations = (assembly: string): number => {
  const lines = assembly.split("\n").map((line) => line.split(";")[0]?.trim() ?? "");
  const spans = [...weighedLoops(loopsOf(lines)), ...conditionsOf(lines)];
  return lines.reduce((sum, line, at) => {
    const times = spans.reduce((product, span) => (holds(span, at) ? product * span.times : product), 1);
    return sum + times * line.split("::").reduce((count, instruction) => count + operationsOf(instruction.trim()), 0);
  }, 0);
};

const holds = ({ from, to }: Pick<Span, "from" | "to">, at: number): boolean => from <= at && at <= to;

const operationsOf = (instruction: string): number => operations.find(([name]) => name.test(instruction))?.[1] ?? 0;

interface Branch {
  readonly at: number;
  readonly target: number;
  readonly name: string;
}

const branchesOf = (lines: readonly string[]): readonly Branch[] => {
  const blocks = new Map(lines.flatMap((line, at) => Array.from(line.matchAll(/^(BB\d+):/g), ([, block = ""]) => [block, at] as const)));
  return lines.flatMap((line, at) => {
    const [, name = "", block = ""] = /^(s_c?branch\w*)\s+(BB\d+)/.exec(line) ?? [];
    const target = blocks.get(block);
    return target === undefined ? [] : [{ at, target, name }];
  });
};

/** From the block that a loop goes back to, to its last branch back. */
const loopsOf = (lines: readonly string[]): readonly Pick<Span, "from" | "to">[] => {
  const ends = new Map<number, number>();
  for (const { at, target } of branchesOf(lines)) if (target <= at) ends.set(target, at);
  return [...ends].map(([from, to]) => ({ from, to }));
};

const weighedLoops = (loops: readonly Pick<Span, "from" | "to">[]): readonly Span[] =>
  loops.map((loop) => {
    const around = loops.filter((other) => other !== loop && holds(other, loop.from) && holds(other, loop.to)).length;
    return { ...loop, times: [8, 4][around] ?? 2 };
  });

/** From a branch ahead to where it goes; a branch out of a loop is the loop's end and no condition. */
const conditionsOf = (lines: readonly string[]): readonly Span[] => {
  const loops = loopsOf(lines);
  return branchesOf(lines).flatMap(({ at, target, name }) => {
    const leaves = loops.some((loop) => holds(loop, at) && !holds(loop, target));
    return target <= at || leaves ? [] : [{ from: at, to: target - 1, times: name.includes("exec") ? 0.75 : 0.5 }];
  });
};
