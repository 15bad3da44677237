import manifest from "../package.json" with { type: "json" };

/** attnbench's own version. */
export const version: string = manifest.version;

/** Exact versions of what it runs with: package.json has no ranges. */
export const packageVersions: Readonly<Record<string, string>> = { ...manifest.dependencies, ...manifest.optionalDependencies };

/** The package's folder: above harness/ in the sources, above dist/ in the build. */
export const packageRoot = new URL("../", import.meta.url);
