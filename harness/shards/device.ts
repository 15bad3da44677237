import { adapterName } from "../record/adapterName.ts";
import type { Environment } from "../record/run.ts";

/**
 * Equal for environments whose times may stand in one record: adapter, driver, toggles and clock. A CPU emulation is as fast as its CPU, so there that counts too; a GPU's host shows in wall times alone,
 * which are never compared across shards.
 */
export const deviceOf = ({ adapter, deviceClass, toggles, clock, cpu }: Environment): string =>
  JSON.stringify([
    [adapter.vendor, adapter.architecture, adapter.device, adapter.description, adapter.backend],
    deviceClass,
    [toggles.enabled, toggles.disabled],
    clock.source,
    deviceClass === "software" ? [cpu.model, cpu.cores] : [],
  ]);

/** A device in words. */
export const deviceName = ({ adapter, deviceClass, cpu }: Environment): string => {
  const name = adapterName(adapter, deviceClass === "software") || adapter.choice;
  return deviceClass === "software" ? `${name} on ${cpu.model} (${cpu.cores} cores)` : name;
};
