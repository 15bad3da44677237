import type { BytesByRole, Role } from "../../kernels/mechanism.ts";
import { CellFailure } from "./failure.ts";

/** Counts the bytes of every buffer by role from createBuffer to destroy. One per program, so that cells do not see each other. */
export interface Ledger {
  /** Throws CellFailure overLimit or outOfMemory; resolves once the device has accepted the allocation. */
  create(role: Role, descriptor: GPUBufferDescriptor & { label: string }): Promise<GPUBuffer>;
  /** bytes alive now */
  bytes(): BytesByRole;
  destroyAll(): void;
}

export const noBytes: BytesByRole = { input: 0, output: 0, state: 0, scratch: 0, harness: 0 };

export const totalBytes = (bytes: BytesByRole): number => Object.values(bytes).reduce((sum, value) => sum + value, 0);

export const createLedger = (device: GPUDevice): Ledger => {
  const alive: { buffer: GPUBuffer; role: Role }[] = [];
  const bytes: Record<Role, number> = { ...noBytes };
  return {
    async create(role, descriptor) {
      if (descriptor.size > device.limits.maxBufferSize) {
        throw new CellFailure(
          "overLimit",
          `buffer ${descriptor.label} needs ${descriptor.size} bytes, maxBufferSize of this device is ${device.limits.maxBufferSize}`,
        );
      }
      device.pushErrorScope("validation");
      device.pushErrorScope("out-of-memory");
      const buffer = device.createBuffer(descriptor);
      const [outOfMemory, invalid] = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
      if (outOfMemory) throw new CellFailure("outOfMemory", `buffer ${descriptor.label} of ${descriptor.size} bytes: ${outOfMemory.message}`);
      if (invalid) throw new CellFailure("overLimit", `buffer ${descriptor.label} of ${descriptor.size} bytes: ${invalid.message}`);
      alive.push({ buffer, role });
      bytes[role] += descriptor.size;
      return buffer;
    },
    bytes: () => ({ ...bytes }),
    destroyAll() {
      for (const { buffer, role } of alive.splice(0)) {
        bytes[role] -= buffer.size;
        buffer.destroy();
      }
    },
  };
};
