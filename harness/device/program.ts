import { halfValues } from "../../kernels/half.ts";
import type { Plan, PlanBuffer, Step, Tensors } from "../../kernels/mechanism.ts";
import { bufferBytes, moduleText } from "../../kernels/plan.ts";
import { contents, type Words } from "./contents.ts";
import { CellFailure } from "./failure.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import type { OpenDevice } from "./openDevice.ts";
import { type StageRun, stageRunsOf } from "./stageRuns.ts";

/** A plan made real: pipelines and buffers on a device. */
export interface Program {
  readonly plan: Plan;
  readonly compileMs: number;
  readonly ledger: Ledger;
  /** How many rotating copies of what is read exist (1: always the same addresses, a hot cache). */
  readonly copies: number;
  /** Fill every buffer anew: inputs from tensors, poison with NaN. */
  fill(tensors: Tensors): void;
  /** Set back the buffers that drift, then run setup, untimed. */
  restore(tensors: Tensors): void;
  /** Record `repetitions` of the steps into a pass. Each reads the next of the copies, on from where the last pass ended. */
  record(pass: GPUComputePassEncoder, repetitions: number): void;
  /** Record the steps `from` up to `to` of one repetition, of copy 0. */
  recordSteps(pass: GPUComputePassEncoder, from: number, to: number): void;
  /** of the steps; empty where these have no stages */
  readonly stageRuns: readonly StageRun[];
  /** Record one repetition, each run of a stage into a pass of its own; the next copies are read as by `record`. */
  recordStages(passOf: (run: number) => GPUComputePassEncoder): void;
  /** Record `repetitions`, each of the plan's parts (submits; one where it has none) into a pass of its own, which `passOf` begins; copies are read as by `record`. */
  recordParts(repetitions: number, passOf: (part: number) => GPUComputePassEncoder): void;
  /** The buffer of that name on the device (copy 0). */
  buffer(name: string): GPUBuffer;
  /** Read a buffer back (copy 0): counts as they are, f32 and f16 as f32. */
  read(name: string): Promise<Float32Array | Uint32Array>;
  destroy(): void;
}

export interface Pipelines {
  readonly byStep: ReadonlyMap<Step, GPUComputePipeline>;
  /** what compiling its modules took when they were first met */
  readonly compileMs: number;
}

/** Compiles plans; a module that was met before, in whatever plan, is not compiled again. */
export interface Compiler {
  /** Throws CellFailure compileError with the compiler's own messages. */
  compile(plan: Plan): Promise<Pipelines>;
}

const chunkBytes = 1 << 24;

export const createCompiler = (open: OpenDevice): Compiler => {
  const known = new Map<string, { readonly pipeline: GPUComputePipeline; readonly compileMs: number }>();
  return {
    async compile(plan) {
      const byStep = new Map<Step, GPUComputePipeline>();
      const modules = new Map<string, number>();
      for (const step of new Set([...plan.setup, ...plan.steps])) {
        const text = moduleText(step);
        const key = `${step.entryPoint}\n${text}`;
        let met = known.get(key);
        if (!met) {
          const started = performance.now();
          met = { pipeline: await compileStep(open, step, text), compileMs: performance.now() - started };
          known.set(key, met);
        }
        byStep.set(step, met.pipeline);
        modules.set(key, met.compileMs);
      }
      return { byStep, compileMs: [...modules.values()].reduce((sum, ms) => sum + ms, 0) };
    },
  };
};

const compileStep = async ({ device, awaited }: OpenDevice, step: Step, text: string): Promise<GPUComputePipeline> => {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label: step.label, code: text });
  const info = await module.getCompilationInfo();
  const invalid = await device.popErrorScope();
  const errors = info.messages.filter((message) => message.type === "error");
  if (errors.length > 0) {
    const lines = text.split("\n");
    const shown = errors.slice(0, 3).map((error) => `${error.lineNum}:${error.linePos} ${error.message} | ${(lines[error.lineNum - 1] ?? "").trim()}`);
    throw new CellFailure("compileError", `${step.label}: ${shown.join("; ")}`);
  }
  if (invalid) throw new CellFailure("compileError", `${step.label}: ${invalid.message}`);
  try {
    return await awaited(device.createComputePipelineAsync({ label: step.label, layout: "auto", compute: { module, entryPoint: step.entryPoint } }));
  } catch (error) {
    throw new CellFailure("compileError", `${step.label}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const isRead = (buffer: PlanBuffer): boolean => (buffer.role === "input" || buffer.role === "state") && buffer.dtype !== "u32";

/** Allocate a plan's buffers, with `copies` of what it reads, and bind them. Throws CellFailure. */
export const createProgram = async (open: OpenDevice, plan: Plan, pipelines: Pipelines, copies: number): Promise<Program> => {
  const { device } = open;
  const ledger = createLedger(device);
  const alignment = device.limits.minStorageBufferOffsetAlignment;
  const buffers = new Map<string, { spec: PlanBuffer; buffer: GPUBuffer; bytes: number; stride: number; copies: number }>();
  try {
    for (const spec of plan.buffers) {
      const bytes = bufferBytes(spec);
      const rotates = copies > 1 && isRead(spec);
      if (bytes > device.limits.maxStorageBufferBindingSize) {
        throw new CellFailure(
          "overLimit",
          `buffer ${spec.name} needs ${bytes} bytes, maxStorageBufferBindingSize of this device is ${device.limits.maxStorageBufferBindingSize}`,
        );
      }
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      const buffer = await ledger.create(spec.role, { label: spec.name, size: bytes, usage });
      buffers.set(spec.name, { spec, buffer, bytes, stride: Math.ceil(bytes / alignment) * alignment, copies: rotates ? copies : 1 });
    }
    // Copy 0 is the mechanism's own buffer, so that its bytes are its own; the others belong to the harness.
    const spares = new Map<string, GPUBuffer>();
    for (const [name, entry] of buffers) {
      if (entry.copies === 1) continue;
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
      spares.set(name, await ledger.create("harness", { label: `${name} copies`, size: entry.stride * (entry.copies - 1), usage }));
    }
    const resource = (name: string, copy: number): GPUBufferBinding => {
      const entry = buffers.get(name);
      if (!entry) throw new Error(`step binds ${name}, which the plan does not allocate`);
      const index = copy % entry.copies;
      const spare = spares.get(name);
      return index === 0 || !spare ? { buffer: entry.buffer } : { buffer: spare, offset: (index - 1) * entry.stride, size: entry.bytes };
    };
    const bindCache = new Map<string, GPUBindGroup>();
    const bindGroup = (step: Step, copy: number): GPUBindGroup => {
      const pipeline = pipelineOf(step);
      const key = `${moduleIds(pipeline)}|${step.bindings.join(",")}|${copy}`;
      let group = bindCache.get(key);
      if (!group) {
        group = device.createBindGroup({
          label: step.label,
          layout: pipeline.getBindGroupLayout(0),
          entries: step.bindings.map((name, binding) => ({ binding, resource: resource(name, copy) })),
        });
        bindCache.set(key, group);
      }
      return group;
    };
    const ids = new Map<GPUComputePipeline, number>();
    const moduleIds = (pipeline: GPUComputePipeline): number => {
      let id = ids.get(pipeline);
      if (id === undefined) {
        id = ids.size;
        ids.set(pipeline, id);
      }
      return id;
    };
    const pipelineOf = (step: Step): GPUComputePipeline => {
      const pipeline = pipelines.byStep.get(step);
      if (!pipeline) throw new Error(`step ${step.label} was not compiled`);
      return pipeline;
    };

    device.pushErrorScope("validation");
    const bound = Array.from({ length: copies }, (_, copy) =>
      plan.steps.map((step) => ({ pipeline: pipelineOf(step), group: bindGroup(step, copy), workgroups: step.workgroups })),
    );
    const setup = plan.setup.map((step) => ({ pipeline: pipelineOf(step), group: bindGroup(step, 0), workgroups: step.workgroups }));
    const invalid = await device.popErrorScope();
    if (invalid) throw new CellFailure("compileError", invalid.message);

    const write = (buffer: GPUBuffer, offset: number, data: Words): void => {
      for (let at = 0; at < data.byteLength; at += chunkBytes) {
        device.queue.writeBuffer(buffer, offset + at, data.buffer as ArrayBuffer, data.byteOffset + at, Math.min(chunkBytes, data.byteLength - at));
      }
    };
    const fillOne = (name: string, tensors: Tensors): void => {
      const entry = buffers.get(name);
      if (!entry) return;
      const data = contents(entry.spec, entry.bytes, tensors);
      write(entry.buffer, 0, data);
      const spare = spares.get(name);
      if (!spare) return;
      const encoder = device.createCommandEncoder();
      for (let copy = 1; copy < entry.copies; copy++) encoder.copyBufferToBuffer(entry.buffer, 0, spare, (copy - 1) * entry.stride, entry.bytes);
      device.queue.submit([encoder.finish()]);
    };
    const encode = (pass: GPUComputePassEncoder, calls: typeof setup): void => {
      for (const { pipeline, group, workgroups } of calls) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(...workgroups);
      }
    };
    let next = 0;
    const stageRuns = stageRunsOf(plan.steps);
    return {
      plan,
      compileMs: pipelines.compileMs,
      ledger,
      copies,
      fill(tensors) {
        for (const name of buffers.keys()) fillOne(name, tensors);
      },
      restore(tensors) {
        for (const { name, drifts } of plan.buffers) if (drifts) fillOne(name, tensors);
        if (setup.length === 0) return;
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass();
        encode(pass, setup);
        pass.end();
        device.queue.submit([encoder.finish()]);
      },
      record(pass, repetitions) {
        for (let r = 0; r < repetitions; r++) {
          encode(pass, bound[next] ?? []);
          next = (next + 1) % copies;
        }
      },
      recordSteps(pass, from, to) {
        encode(pass, (bound[0] ?? []).slice(from, to));
      },
      stageRuns,
      recordStages(passOf) {
        for (const [i, { from, to }] of stageRuns.entries()) {
          const pass = passOf(i);
          encode(pass, (bound[next] ?? []).slice(from, to));
          pass.end();
        }
        next = (next + 1) % copies;
      },
      recordParts(repetitions, passOf) {
        const ends = plan.submits ?? [plan.steps.length];
        for (let part = 0; part < repetitions * ends.length; part++) {
          const own = part % ends.length;
          const pass = passOf(part);
          encode(pass, (bound[next] ?? []).slice(ends[own - 1] ?? 0, ends[own]));
          pass.end();
          if (own === ends.length - 1) next = (next + 1) % copies;
        }
      },
      buffer(name) {
        const entry = buffers.get(name);
        if (!entry) throw new Error(`no buffer ${name}`);
        return entry.buffer;
      },
      async read(name) {
        const entry = buffers.get(name);
        if (!entry) throw new Error(`no buffer ${name} to read`);
        const staging = device.createBuffer({ label: `${name} read-back`, size: entry.bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(entry.buffer, 0, staging, 0, entry.bytes);
        device.queue.submit([encoder.finish()]);
        await open.awaited(staging.mapAsync(GPUMapMode.READ));
        const raw = staging.getMappedRange().slice(0);
        staging.destroy();
        if (entry.spec.dtype === "f16") return halfValues(new Uint16Array(raw));
        return entry.spec.dtype === "f32" ? new Float32Array(raw) : new Uint32Array(raw);
      },
      destroy: () => ledger.destroyAll(),
    };
  } catch (error) {
    ledger.destroyAll();
    throw error;
  }
};
