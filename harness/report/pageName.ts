import type { Language } from "../messages/languages.ts";

/** File of a page: "prefill.html" in English, "prefill.zh.html" in another language. */
export const pageName = (name: string, language: Language): string => `${name}${language === "en" ? "" : `.${language}`}.html`;
