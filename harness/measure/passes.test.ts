import { describe, expect, it } from "vitest";
import type { OpenDevice } from "../device/openDevice.ts";
import type { Program } from "../device/program.ts";
import { noLoad } from "./gpuLoad.ts";
import { createPasses } from "./passes.ts";

globalThis.GPUBufferUsage ??= { QUERY_RESOLVE: 1, COPY_SRC: 2, MAP_READ: 4, COPY_DST: 8 } as typeof GPUBufferUsage;
globalThis.GPUMapMode ??= { READ: 1 } as typeof GPUMapMode;

/** A device that keeps what is submitted to it: of each pass which of its two times are taken, and what is recorded. Each time it is asked for is 3 ms after the one before. */
const recordingDevice = () => {
  const submits: string[][] = [];
  const encoded: string[] = [];
  const buffer = {
    mapAsync: async () => {},
    unmap: () => {},
    getMappedRange: (_: number, bytes: number) => BigUint64Array.from({ length: bytes / 8 }, (_, i) => BigInt(3e6 * (i + 1))).buffer,
  };
  const device = {
    createQuerySet: () => ({}),
    createBuffer: () => buffer,
    createCommandEncoder: () => ({
      beginComputePass({ timestampWrites }: GPUComputePassDescriptor) {
        const { beginningOfPassWriteIndex: begin, endOfPassWriteIndex: end } = timestampWrites ?? {};
        const pass = [...(begin === undefined ? [] : [`begin ${begin}`]), ...(end === undefined ? [] : [`end ${end}`])];
        return { step: (name: string) => pass.push(name), end: () => encoded.push(pass.join(", ")) };
      },
      resolveQuerySet: () => encoded.push("times"),
      copyBufferToBuffer: () => {},
      finish: () => encoded.splice(0),
    }),
    queue: { submit: (buffers: string[][]) => submits.push(...buffers), onSubmittedWorkDone: async () => {} },
  };
  const open = { device, timestamps: true, awaited: (work: Promise<unknown>) => work } as unknown as OpenDevice;
  return { open, submits };
};

type Pass = GPUComputePassEncoder & { step(name: string): void };

/** Steps a, b, c and d of a plan, in one part or two. */
const programOf = (submits?: readonly number[]): Program =>
  ({
    plan: { submits },
    record: (pass: Pass, repetitions: number) => pass.step("abcd".repeat(repetitions)),
    recordParts(repetitions: number, passOf: (part: number) => Pass) {
      for (let part = 0; part < 2 * repetitions; part++) {
        const pass = passOf(part);
        pass.step(part % 2 === 0 ? "ab" : "cd");
        pass.end();
      }
    },
  }) as unknown as Program;

describe("passes", () => {
  it("are one submit with all repetitions", async () => {
    const { open, submits } = recordingDevice();
    const { gpuMs } = await createPasses(open, noLoad).time("a cell", programOf(), 3, 2);
    expect(submits).toEqual([["begin 0, end 1, abcdabcdabcd"], ["begin 2, end 3, abcdabcdabcd"], ["times"]]);
    expect(gpuMs).toEqual([1, 1]);
  });

  it("are a submit each part of what is too long for one, timed from the first part's beginning to the last one's end", async () => {
    const { open, submits } = recordingDevice();
    const passes = createPasses(open, noLoad);
    const { gpuMs } = await passes.time("a cell", programOf([2, 4]), 2, 1);
    expect(submits.splice(0)).toEqual([["begin 0, ab"], ["cd"], ["ab"], ["end 1, cd"], ["times"]]);
    expect(gpuMs).toEqual([1.5]);
    passes.submit(programOf([2, 4]), 1);
    expect(submits).toEqual([["ab"], ["cd"]]);
  });
});
