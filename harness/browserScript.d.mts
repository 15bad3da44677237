import type { Plugin } from "esbuild";

export function browserScript(path: string): string;
export const scriptTexts: Plugin;
