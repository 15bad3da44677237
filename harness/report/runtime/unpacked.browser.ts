/** Can this browser take apart what a page carries compressed? */
export const unpacks = (): boolean => "DecompressionStream" in window;

/** A text that the page carries compressed (packed.ts). */
export const unpacked = (packed: string): Promise<string> => {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
};
