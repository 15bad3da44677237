import { builtInKernels } from "../../../kernels/builtIn.ts";
import { joinMechanisms, loadMechanisms } from "../../../kernels/registry.ts";
import { wallStepNs } from "../../device/clock.ts";
import { openDevice } from "../../device/openDevice.ts";
import { timingToggles } from "../../device/toggles.ts";
import { builtFrom } from "../../version.ts";
import { type HelloReply, type HelloRequest, protocol } from "../messages.ts";
import type { Workbench } from "../workbench.ts";
import { serve } from "../workerProcess.ts";
import { loadOnnxRuntime } from "./onnxRuntime.ts";
import { createOrtBench } from "./ortBench.ts";

/**
 * The child process that owns ONNX Runtime: the messages of our own worker, times by the wall clock alone. ONNX Runtime opens a Dawn of its own and does not
 * tell on what. Ours, asked in the same process for the same (the fastest adapter of this environment), tells.
 */
const hello = async (request: HelloRequest): Promise<{ readonly reply: HelloReply; readonly bench: Workbench }> => {
  const ort = await loadOnnxRuntime();
  const { device, facts, capabilities, features, limits, toggles } = await openDevice(undefined, timingToggles);
  device.destroy();
  const mechanisms = joinMechanisms(...(await Promise.all([builtInKernels, ...request.kernels].map((folder) => loadMechanisms(folder)))));
  return {
    bench: createOrtBench(ort, mechanisms, capabilities, request.memoryBudgetBytes),
    reply: {
      protocol,
      version: ort.version,
      commit: builtFrom?.commit,
      facts,
      capabilities,
      features,
      limits,
      toggles,
      clock: { source: "wall", stepNs: wallStepNs() },
    },
  };
};

serve(hello, () => undefined);
