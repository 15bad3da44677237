import { builtInKernels } from "../../kernels/builtIn.ts";
import { joinMechanisms, loadMechanisms } from "../../kernels/registry.ts";
import { measureStepNs, wallStepNs } from "../device/clock.ts";
import { CellFailure } from "../device/failure.ts";
import { type OpenDevice, openDevice } from "../device/openDevice.ts";
import { checkingToggles, timingToggles } from "../device/toggles.ts";
import { builtFrom, version } from "../version.ts";
import { type Answer, type Envelope, type HelloReply, type HelloRequest, type Messages, type MessageType, protocol } from "./messages.ts";
import { removeShaderCache } from "./shaderCache.ts";
import { createWorkbench, type Workbench } from "./workbench.ts";

/**
 * The child process that owns the device. It answers one message after another over the IPC channel, ignores what ends a command (the parent
 * decides when a visit is over) and ends with the channel.
 */
let bench: Workbench | undefined;
let open: OpenDevice | undefined;

const hello = async (request: HelloRequest): Promise<HelloReply> => {
  const opened = await openDevice(request.match, request.mode === "timing" ? timingToggles : checkingToggles);
  open = request.planFor === "hardware" ? { ...opened, capabilities: { ...opened.capabilities, software: false } } : opened;
  const mechanisms = joinMechanisms(...(await Promise.all([builtInKernels, ...request.kernels].map((folder) => loadMechanisms(folder)))));
  bench = createWorkbench(open, mechanisms, request.memoryBudgetBytes);
  return {
    protocol,
    version,
    commit: builtFrom?.commit,
    facts: open.facts,
    capabilities: open.capabilities,
    features: open.features,
    limits: open.limits,
    toggles: open.toggles,
    clock: open.timestamps ? { source: "gpu", stepNs: await measureStepNs(open) } : { source: "wall", stepNs: wallStepNs() },
  };
};

const ready = (): Workbench => {
  if (!bench) throw new Error("hello comes first");
  return bench;
};

const handlers: { [T in MessageType]: (request: Messages[T]["request"]) => Promise<Messages[T]["reply"]> } = {
  hello,
  prepare: (request) => ready().prepare(request),
  visit: (request) => ready().visit(request),
  evict: async ({ cell }) => {
    ready().evict(cell);
    return null;
  },
  exec: (request) => ready().exec(request),
  bye: async () => null,
};

const answer = async ({ id, type, request }: Envelope): Promise<Answer> => {
  try {
    const handler = handlers[type] as (request: unknown) => Promise<unknown>;
    return { id, ok: true, reply: await handler(request) };
  } catch (error) {
    if (error instanceof CellFailure) return { id, ok: false, refusal: error.record };
    // What was under way when the device went rejects with a word of its own.
    const lost = open?.lostReason();
    if (lost !== undefined) return { id, ok: false, refusal: new CellFailure("deviceLost", lost).record };
    const { name, message, stack } =
      error instanceof Error
        ? { name: error.constructor.name, message: error.message, stack: error.stack }
        : { name: "Error", message: String(error), stack: undefined };
    return { id, ok: false, error: { name, message, stack } };
  }
};

// Dawn's instance keeps Node alive, and destroying it at exit can hang in a driver: end the process outright.
const end = (): never => process.exit(0);

let last: Promise<void> = Promise.resolve();
process.on("message", (envelope: Envelope) => {
  last = last.then(async () => {
    const reply = await answer(envelope);
    process.send?.(reply, undefined, undefined, () => {
      if (envelope.type === "bye") end();
    });
  });
});
process.on("disconnect", () => {
  // The parent is gone, perhaps killed: nobody else is left to clean up.
  removeShaderCache(process.env.MESA_SHADER_CACHE_DIR);
  end();
});
// The parent is told too, and decides.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
