import { fork } from "node:child_process";
import { NoAdapter } from "../device/adapterFacts.ts";
import { adapterCandidates } from "../device/adapters.ts";
import { adapterName } from "../record/adapterName.ts";
import type { CompilerMessage, CompilerRequest, CompileTime } from "./compiler.ts";

export { timesTable } from "./table.ts";
export { NoAdapter };

/** What `npm run compile-times` is asked for. */
export interface CompileTimesRequest extends Omit<CompilerRequest, "match"> {
  /** as run's --adapter */
  readonly adapter: string;
  /** the built compiler.ts */
  readonly compiler: string;
}

/** What every module at default parameters takes to compile on an adapter, by its name. Drivers keep nothing on disk. */
export interface CompileTimes {
  readonly adapter: string;
  readonly times: readonly CompileTime[];
}

/** Compile every module on the adapter, in a process of its own. Rejects with NoAdapter, and with Error where the request is not understood or a module not compiled. */
export const compileTimes = async ({ adapter, compiler, ...request }: CompileTimesRequest): Promise<CompileTimes> => {
  const candidates = await adapterCandidates(adapter);
  const reasons: string[] = [];
  for (const { env, match, unavailable, refuse } of candidates) {
    if (unavailable !== undefined) {
      reasons.push(unavailable);
      continue;
    }
    const { facts, times, refused } = await compiled(compiler, { ...request, match }, { ...env, MESA_SHADER_CACHE_DISABLE: "true" });
    const reason = facts ? refuse(facts) : (refused ?? "the compiler's process ended before it opened a device");
    if (facts && reason === undefined) {
      if (refused !== undefined) throw new Error(refused);
      return { adapter: adapterName(facts, facts.software), times };
    }
    reasons.push(reason ?? "");
  }
  throw new NoAdapter(reasons.join("; "));
};

interface Compiled {
  readonly facts: Extract<CompilerMessage, { kind: "adapter" }>["facts"] | undefined;
  readonly times: readonly CompileTime[];
  readonly refused: string | undefined;
}

/** The loader reads its environment once, as a process starts. */
const compiled = async (compiler: string, request: CompilerRequest, env: Readonly<Record<string, string>>): Promise<Compiled> => {
  const child = fork(compiler, [JSON.stringify(request)], { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const times: CompileTime[] = [];
  let facts: Compiled["facts"];
  let refused: string | undefined;
  child.on("message", (message: CompilerMessage) => {
    if (message.kind === "adapter") facts = message.facts;
    else if (message.kind === "compiled") times.push(message.time);
    else refused = message.reason;
  });
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) refused ??= `the compiler's process ended (${code}) after ${times.length} modules`;
  return { facts, times, refused };
};
