// esbuild (text loader) and vitest (plugin in vitest.config.ts) turn a .wgsl file into its text.
declare module "*.wgsl" {
  const text: string;
  export default text;
}
