import { builtInKernels } from "../kernels/builtIn.ts";
import { loadMechanisms } from "../kernels/registry.ts";

let loading: ReturnType<typeof loadMechanisms> | undefined;

/** The mechanisms of this repository, for tests and proofs: asked for once, and by whom needs them, as a test that does not may have ended before they are there. */
export const mechanismsOnce = (): ReturnType<typeof loadMechanisms> => {
  loading ??= loadMechanisms(builtInKernels);
  return loading;
};
