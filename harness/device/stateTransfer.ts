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

/** Dawn stages what is written: a piece at a time. */
const pieceBytes = 1 << 24;

export const createStateTransfer = ({ device }: OpenDevice, program: Program): StateTransfer => {
  const buffers = program.plan.buffers.flatMap(({ name, role }) => (role === "state" ? [program.buffer(name)] : []));
  const stagings = buffers.map(({ label, size }) =>
    device.createBuffer({ label: `${label} going out`, size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST }),
  );
  return {
    names: buffers.map(({ label }) => label),
    allocate: () => buffers.map(({ size }) => new Uint8Array(size)),
    async out(into) {
      const encoder = device.createCommandEncoder();
      for (const [i, buffer] of buffers.entries()) encoder.copyBufferToBuffer(buffer, 0, stagings[i] as GPUBuffer, 0, buffer.size);
      device.queue.submit([encoder.finish()]);
      await Promise.all(stagings.map((staging) => staging.mapAsync(GPUMapMode.READ)));
      for (const [i, staging] of stagings.entries()) {
        into[i]?.set(new Uint8Array(staging.getMappedRange()));
        staging.unmap();
      }
    },
    async in(from) {
      for (const [i, buffer] of buffers.entries()) {
        const part = from[i];
        if (part?.byteLength !== buffer.size) throw new Error(`state ${buffer.label} has ${buffer.size} bytes, ${part?.byteLength} came back`);
        for (let at = 0; at < buffer.size; at += pieceBytes) device.queue.writeBuffer(buffer, at, part, at, Math.min(pieceBytes, buffer.size - at));
      }
      // Nothing else sends off what was written.
      device.queue.submit([]);
      await device.queue.onSubmittedWorkDone();
    },
    scrub() {
      const encoder = device.createCommandEncoder();
      for (const buffer of buffers) encoder.clearBuffer(buffer);
      device.queue.submit([encoder.finish()]);
    },
    close() {
      for (const staging of stagings) staging.destroy();
    },
  };
};
