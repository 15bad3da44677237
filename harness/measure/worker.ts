import { totalmem } from "node:os";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { joinMechanisms, loadMechanisms } from "../../kernels/registry.ts";
import { measureStepNs, wallStepNs } from "../device/clock.ts";
import { type OpenDevice, openDevice } from "../device/openDevice.ts";
import { checkingToggles, timingToggles } from "../device/toggles.ts";
import { builtFrom, version } from "../version.ts";
import { gpuLoadOf } from "./gpuLoad.ts";
import { keptReferencesIn } from "./keptReferences.ts";
import { type HelloReply, type HelloRequest, protocol } from "./messages.ts";
import { residentBudget } from "./residency.ts";
import { createWorkbench, type Workbench } from "./workbench.ts";
import { serve } from "./workerProcess.ts";

let open: OpenDevice | undefined;

/** The child process that owns the device. */
const hello = async (request: HelloRequest): Promise<{ readonly reply: HelloReply; readonly bench: Workbench }> => {
  const opened = await openDevice(request.match, request.mode === "timing" ? timingToggles : checkingToggles);
  const mechanisms = joinMechanisms(...(await Promise.all([builtInKernels, ...request.kernels].map((folder) => loadMechanisms(folder)))));
  const load = gpuLoadOf(opened, mechanisms);
  const flopsPerSecond = await load.flopsPerSecond();
  open = {
    ...opened,
    timestamps: opened.timestamps && request.clock !== "wall",
    capabilities: { ...opened.capabilities, ...(flopsPerSecond === undefined ? {} : { flopsPerSecond }), ...request.planFor },
  };
  return {
    bench: createWorkbench(
      open,
      mechanisms,
      residentBudget(request.memoryBudgetBytes, open.facts.software, totalmem()),
      keptReferencesIn(process.env.MESA_SHADER_CACHE_DIR),
      load,
    ),
    reply: {
      protocol,
      version,
      commit: builtFrom?.commit,
      facts: open.facts,
      capabilities: open.capabilities,
      features: open.features,
      limits: open.limits,
      toggles: open.toggles,
      clock: open.timestamps ? { source: "gpu", stepNs: await measureStepNs(open) } : { source: "wall", stepNs: wallStepNs() },
    },
  };
};

serve(hello, () => open?.lostReason());
