import { deflateSync } from "node:zlib";

/** A text as a page carries it: what zlib makes of it, in base64. The page's script takes it apart again (runtime/unpacked.browser.ts). */
export const packed = (text: string): string => deflateSync(text, { level: 9 }).toString("base64");
