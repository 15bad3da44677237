import { CellFailure } from "../device/failure.ts";
import type { Answer, Envelope, HelloReply, HelloRequest, Messages, MessageType } from "./messages.ts";
import { removeShaderCache } from "./shaderCache.ts";
import type { Workbench } from "./workbench.ts";

type Handlers = { readonly [T in MessageType]: (request: Messages[T]["request"]) => Promise<Messages[T]["reply"]> };

/**
 * Makes this process a worker of the bench that `hello` makes: it answers one message after another over the IPC channel, ignores what ends a command (the parent decides when a
 * visit is over) and ends with the channel. `lostReason`: why its device is gone, asked before blaming a cell.
 */
export const serve = (
  hello: (request: HelloRequest) => Promise<{ readonly reply: HelloReply; readonly bench: Workbench }>,
  lostReason: () => string | undefined,
): void => {
  let made: Workbench | undefined;
  const bench = (): Workbench => {
    if (!made) throw new Error("hello comes first");
    return made;
  };
  const handlers: Handlers = {
    hello: async (request) => {
      const answered = await hello(request);
      made = answered.bench;
      return answered.reply;
    },
    prepare: (request) => bench().prepare(request),
    visit: (request) => bench().visit(request),
    evict: async ({ cell }) => {
      bench().evict(cell);
      return null;
    },
    exec: (request) => bench().exec(request),
    write: (request) => bench().write(request),
    bye: async () => null,
  };
  let last: Promise<void> = Promise.resolve();
  process.on("message", (envelope: Envelope) => {
    last = last.then(async () => {
      const reply = await answer(handlers, envelope, lostReason);
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
};

// Dawn's instance keeps Node alive, and destroying it at exit can hang in a driver: end the process outright.
const end = (): never => process.exit(0);

const answer = async (handlers: Handlers, { id, type, request }: Envelope, lostReason: () => string | undefined): Promise<Answer> => {
  try {
    const handler = handlers[type] as (request: unknown) => Promise<unknown>;
    return { id, ok: true, reply: await handler(request) };
  } catch (error) {
    if (error instanceof CellFailure) return { id, ok: false, refusal: error.record };
    // What was under way when the device went rejects with a word of its own.
    const lost = lostReason();
    if (lost !== undefined) return { id, ok: false, refusal: new CellFailure("deviceLost", lost).record };
    const { name, message, stack } =
      error instanceof Error
        ? { name: error.constructor.name, message: error.message, stack: error.stack }
        : { name: "Error", message: String(error), stack: undefined };
    return { id, ok: false, error: { name, message, stack } };
  }
};
