// X.script is X.browser.ts, bundled for a browser into one text (harness/browserScript.mjs, for the build and for tests alike).
declare module "*.script" {
  const text: string;
  export default text;
}
