import type { OpenDevice } from "./openDevice.ts";
import type { Program } from "./program.ts";

/** Bytes of a program's state, a part for each buffer of it in the order of the plan. */
export type StateBytes = readonly Uint8Array<ArrayBuffer>[];

/** Moves the whole state of a program (copy 0) between the device and host memory, as bytes. */
export interface StateTransfer {
  /** of the buffers */
  readonly names: readonly string[];
  /** Host memory for a state. */
  allocate(): StateBytes;
  /** Device to host: mapped, and copied out of the mapping. */
  out(into: StateBytes): Promise<void>;
  /** Host to device; settles once the device has all of it. */
  in(from: StateBytes): Promise<void>;
  /** Zeros the state on the device, so that what is there afterwards has come back. */
  scrub(): void;
  close(): void;
}

export const createStateTransfer = ({ device }: OpenDevice, program: Program): StateTransfer => {
  const buffers = program.plan.buffers.flatMap(({ name, role }) => (role === "state" ? [program.buffer(name)] : []));
  const stagingsFor = (way: string, usage: number): readonly GPUBuffer[] =>
    buffers.map(({ label, size }) => device.createBuffer({ label: `${label} going ${way}`, size, usage }));
  const goingOut = stagingsFor("out", GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  // Mapped again and again: writeBuffer stages in memory that is new each time, and to be given its pages takes longer than all else.
  const comingIn = stagingsFor("in", GPUBufferUsage.MAP_WRITE | GPUBufferUsage.COPY_SRC);
  return {
    names: buffers.map(({ label }) => label),
    allocate: () => buffers.map(({ size }) => new Uint8Array(size)),
    async out(into) {
      const encoder = device.createCommandEncoder();
      for (const [i, buffer] of buffers.entries()) encoder.copyBufferToBuffer(buffer, 0, goingOut[i] as GPUBuffer, 0, buffer.size);
      device.queue.submit([encoder.finish()]);
      await Promise.all(goingOut.map((staging) => staging.mapAsync(GPUMapMode.READ)));
      for (const [i, staging] of goingOut.entries()) {
        into[i]?.set(new Uint8Array(staging.getMappedRange()));
        staging.unmap();
      }
    },
    async in(from) {
      for (const [i, { label, size }] of buffers.entries()) {
        if (from[i]?.byteLength !== size) throw new Error(`state ${label} has ${size} bytes, ${from[i]?.byteLength} came back`);
      }
      await Promise.all(comingIn.map((staging) => staging.mapAsync(GPUMapMode.WRITE)));
      const encoder = device.createCommandEncoder();
      for (const [i, staging] of comingIn.entries()) {
        new Uint8Array(staging.getMappedRange()).set(from[i] ?? []);
        staging.unmap();
        encoder.copyBufferToBuffer(staging, 0, buffers[i] as GPUBuffer, 0, staging.size);
      }
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
    },
    scrub() {
      const encoder = device.createCommandEncoder();
      for (const buffer of buffers) encoder.clearBuffer(buffer);
      device.queue.submit([encoder.finish()]);
    },
    close() {
      for (const staging of [...goingOut, ...comingIn]) staging.destroy();
    },
  };
};
