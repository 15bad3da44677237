/**
 * What people call an adapter. Vulkan's `description` is the driver and its version, which says everything of a CPU emulation and not which GPU it is: there
 * the device stands before it. "" where nothing is known.
 */
export const adapterName = ({ device, description }: { readonly device: string; readonly description: string }, software: boolean): string => {
  if (software || device === "" || description === "" || description.includes(device)) return description || device;
  return `${device} (${description})`;
};

/** The same in few words, for a chart: which GPU, without its driver. */
export const shortAdapterName = (adapter: { readonly device: string; readonly description: string }, software: boolean): string =>
  software || adapter.device === "" ? adapterName(adapter, software) : adapter.device;
