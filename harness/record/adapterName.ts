/**
 * What people call an adapter. Vulkan's `description` is the driver and its version, which says everything of a CPU emulation and not which GPU it is: there
 * the device stands before it. "" where nothing is known.
 */
export const adapterName = ({ device, description }: { readonly device: string; readonly description: string }, software: boolean): string => {
  if (software || device === "" || description === "" || description.includes(device)) return description || device;
  return `${device} (${description})`;
};
