import { CellFailure } from "../device/failure.ts";

/**
 * `work`, and where its worker was lost under it once more, by a new one: a process that is killed, or a device that is reset, may be somebody else's doing, and then the work is as good as before. A second
 * loss is its own. `onLoss` hears of the first. Rejects as `work` does.
 */
export const withSecondWorker = async <T>(work: () => Promise<T>, onLoss: (loss: CellFailure) => void = () => {}): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CellFailure) || error.code !== "deviceLost") throw error;
    onLoss(error);
    return work();
  }
};
