import manifest from "../package.json" with { type: "json" };

/** attnbench's own version. */
export const version: string = manifest.version;
