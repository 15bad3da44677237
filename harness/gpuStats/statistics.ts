/** What the compiler says of one kernel, as RADV names it. */
export interface Statistics {
  /** of a thread */
  readonly registers: number;
  /** registers, vector and scalar, that went to memory */
  readonly spills: number;
  readonly ldsBytes: number;
  /** in flight on a SIMD at once, on RDNA counted as subgroups of 32: one of 64 is two */
  readonly subgroups: number;
  readonly instructions: number;
  /** cycles of a SIMD for 64 threads while others wait, as the compiler estimates them */
  readonly inverseThroughput: number;
}

/** What stands between the kernels in the compiler's output. */
export const kernelMark = (index: number): string => `attnbench kernel ${index}\n`;

/** The compiler's output cut at the marks: of each kernel what was written before the next. */
export const byKernel = (output: string): ReadonlyMap<number, string> => {
  const parts = output.split(/^attnbench kernel (\d+)\n/m);
  const texts = new Map<number, string>();
  for (let at = 1; at < parts.length; at += 2) texts.set(Number(parts[at]), parts[at + 1] ?? "");
  return texts;
};

/** The numbers in a kernel's part of the output (RADV_DEBUG=shaderstats). Throws where one is missing: another Mesa than this was written for. */
export const statisticsOf = (text: string): Statistics => {
  const value = (name: string): number => {
    const [, digits] = new RegExp(`^${name}: (\\d+)$`, "m").exec(text) ?? [];
    if (digits === undefined) throw new Error(`the compiler's statistics lack ${name}`);
    return Number(digits);
  };
  return {
    registers: value("VGPRs"),
    spills: value("Spilled VGPRs") + value("Spilled SGPRs"),
    ldsBytes: value("LDS size"),
    subgroups: value("Subgroups per SIMD"),
    instructions: value("Instructions"),
    inverseThroughput: value("Inverse Throughput"),
  };
};
