// X.script is X.browser.ts, bundled for a browser into one text, and X.packed the same compressed (harness/browserScript.mjs, for the build and for tests alike).
declare module "*.script" {
  export const text: string;
  /** of the packages in it, with their names */
  export const licences: string;
}
declare module "*.packed" {
  /** base64 of what zlib's deflate made of the text */
  export const packed: string;
  /** base64 of the text's SHA-256 */
  export const hash: string;
  export const licences: string;
}
