import type { KernelStatistics } from "./gpuStats.ts";

/** Cycles of a SIMD for 1000 floating-point operations of the kernel's own, times what of them is not useful: of each mechanism that has it; none where it has few. */
export const cyclesPerKiloflop = ({ operations, inverseThroughput, overheads }: KernelStatistics): readonly number[] =>
  operations < 64 * 64 ? [] : overheads.map((overhead) => (1000 * inverseThroughput * overhead) / operations);

const numbers = ["registers", "spills", "LDS bytes", "subgroups", "inverse throughput", "cycles/kFLOP"];

const numbersOf = (kernel: KernelStatistics): readonly string[] => [
  String(kernel.registers),
  String(kernel.spills),
  String(kernel.ldsBytes),
  String(kernel.subgroups),
  String(kernel.inverseThroughput),
  range(cyclesPerKiloflop(kernel), (cycles) => cycles.toFixed(1)),
];

/** A line each, plain text: `*` marks AMD's defaults, `+` those that only devices with subgroups of one size have. */
export const kernelsText = (kernels: readonly KernelStatistics[]): string => {
  const rows = [
    ["", "mechanism", "phase", "form", "step", "headDim", ...numbers, "lanes", "tiles", "beside its defaults"],
    ...kernels.map((kernel) => [
      kernel.defaultOn.includes("mixed") ? "*" : kernel.defaultOn.length > 0 ? "+" : "",
      kernel.mechanism,
      kernel.phase,
      kernel.form,
      kernel.label,
      String(kernel.headDim),
      ...numbersOf(kernel),
      kernel.lanes === 0 ? "any" : String(kernel.lanes),
      kernel.tiles,
      kernel.beside,
    ]),
  ];
  const isNumber = (column: number): boolean => column > 4 && column < 6 + numbers.length;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((text, column) => (isNumber(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};

/** One row a step of the default tiles at default parameters, over all mechanisms, as Markdown: "48–72" where they differ. Steps that only move data have none. */
export const stepsTable = (kernels: readonly KernelStatistics[]): string => {
  const headDims = [...new Set(kernels.map(({ headDim }) => headDim))];
  const groups = new Map<string, KernelStatistics[]>();
  for (const kernel of kernels.filter(({ defaultOn, beside }) => defaultOn.length > 0 && beside === "")) {
    const name = `${kernel.phase} ${kernel.form} | ${kernel.label}${kernel.defaultOn.includes("mixed") ? "" : ", subgroups of one size"}`;
    groups.set(name, [...(groups.get(name) ?? []), kernel]);
  }
  const head = ["phase, form", "step", ...headDims.map((headDim) => `registers, LDS KiB, subgroups, cycles/kFLOP at ${headDim}`)];
  const cells = (group: readonly KernelStatistics[], headDim: number): string => {
    const own = group.filter((kernel) => kernel.headDim === headDim);
    const cycles = own.flatMap(cyclesPerKiloflop).map(Math.round);
    return [
      range(own.map(({ registers }) => registers)),
      range(own.map(({ ldsBytes }) => Math.round((10 * ldsBytes) / 1024) / 10)),
      range(own.map(({ subgroups }) => subgroups)),
      range(cycles),
    ].join(", ");
  };
  const computing = [...groups].filter(([, group]) => group.some((kernel) => cyclesPerKiloflop(kernel).length > 0));
  const rows = computing.map(([name, group]) => `| ${name} | ${headDims.map((headDim) => cells(group, headDim)).join(" | ")} |`);
  return [`| ${head.join(" | ")} |`, `|${head.map(() => "---").join("|")}|`, ...rows].join("\n");
};

const range = (values: readonly number[], textOf: (value: number) => string = String): string => {
  if (values.length === 0) return "–";
  const [least, most] = [textOf(Math.min(...values)), textOf(Math.max(...values))];
  return least === most ? least : `${least}–${most}`;
};
