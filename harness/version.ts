import manifest from "../package.json" with { type: "json" };

/** attnbench's own version. */
export const version: string = manifest.version;

declare const BUILT_FROM: { readonly commit: string; readonly dirty: boolean; readonly changes: string } | undefined;

/** The commit that this build was made from, and whether its checkout held more than that, and what of it was code (builtFrom.mjs): put in by build.mjs. Undefined in the sources and outside a checkout. */
export const builtFrom = typeof BUILT_FROM === "undefined" ? undefined : BUILT_FROM;

/** Exact versions of what it runs with: package.json has no ranges. */
export const packageVersions: Readonly<Record<string, string>> = { ...manifest.dependencies, ...manifest.optionalDependencies };
