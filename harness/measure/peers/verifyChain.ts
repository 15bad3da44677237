import type { Capabilities, Mechanism, Tensors } from "../../../kernels/mechanism.ts";
import { CellFailure } from "../../device/failure.ts";
import type { Cell } from "../../experiment/experiment.ts";
import { formOfCosts } from "../../experiment/runtimes.ts";
import { type Verified, verify } from "../verification.ts";
import { type Chain, tail } from "./chain.ts";
import type { OnnxSession } from "./onnxRuntime.ts";

/**
 * What one link gives against the same reference, by the same tolerance, as our own kernels, in the session that is timed; of the last link also that it is finite. Outputs
 * cannot be filled with NaN beforehand, since ONNX Runtime allocates them. Throws CellFailure wrongOutput.
 */
export const verifyChain = async (
  mechanism: Mechanism,
  cell: Cell,
  capabilities: Capabilities,
  tensors: Tensors,
  chain: Chain,
  links: number,
  session: OnnxSession,
): Promise<Verified> => {
  const form = formOfCosts(cell, cell.phase, mechanism);
  const [tiles = {}] = mechanism.tiles(cell, form, capabilities);
  // Names and sizes of our buffers: what a reference speaks in.
  const { buffers } = mechanism.plan(cell, form, capabilities, tiles);
  const outputs = chain.outputs(links);
  const values = await session.run([...outputs.map(({ name }) => name), tail]);
  if (!values[tail]?.every(Number.isFinite)) throw new CellFailure("wrongOutput", `the last link of the chain gave ${values[tail]?.join(", ")}`);
  return verify(mechanism, cell, buffers, tensors, async (name) => {
    const output = outputs.find(({ buffer }) => buffer === name);
    const found = output && values[output.name];
    if (!found) throw new Error(`${chain.operator} gives no ${name}, which the reference of ${mechanism.name} names`);
    return output.toOurs(found);
  });
};
