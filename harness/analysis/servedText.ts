import type { Messages } from "../messages/messages.ts";
import type { Estimate, Served } from "../record/derived.ts";
import { bracketed, formatNumber } from "./format.ts";

/**
 * A time or a speed of texts at once, as it is told: a measured one with its interval, "2,090 [1,890, 2,330]", and a projected one without, "about 2,090": the interval of its law has in it nothing of
 * what a device does beyond all that was measured. `write`: a value without its unit's name unless it has one.
 */
export const servedText = (estimate: Estimate, from: Served["from"], { serving }: Messages, write: (value: number) => string = formatNumber): string =>
  from === "measured" ? bracketed(estimate, write) : serving.about(write(estimate.value));
