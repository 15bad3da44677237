/** The folder of the built-in families: this one in the sources, kernels/ beside the bundle in dist/. */
export const builtInKernels = new URL(import.meta.url.endsWith(".ts") ? "./" : "./kernels/", import.meta.url);
