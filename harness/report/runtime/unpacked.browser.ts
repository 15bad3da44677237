/** Can this browser take apart what a page carries compressed? */
export const unpacks = (): boolean => "DecompressionStream" in window;

/** A text that the page carries compressed (packed.ts). */
export const unpacked = (packed: string): Promise<string> => {
  const characters = atob(packed);
  const bytes = new Uint8Array(characters.length);
  // One by one: an iterator over hundreds of thousands of characters would take as long as drawing a chart.
  for (let i = 0; i < characters.length; i++) bytes[i] = characters.charCodeAt(i);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
};
