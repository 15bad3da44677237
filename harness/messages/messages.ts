import { en } from "./en.ts";
import type { Language } from "./languages.ts";
import { zh } from "./zh.ts";

/** Everything that a report says, in one language: the compiler holds every other to what English has. */
export type Messages = typeof en;

const all: Readonly<Record<Language, Messages>> = { en, zh };

export const messagesOf = (language: Language): Messages => all[language];
