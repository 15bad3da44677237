import { en } from "./en.ts";
import { zh } from "./zh.ts";

/** Everything that a report says, in one language: the compiler holds every other to what English has. */
export type Messages = typeof en;

export const languages = ["en", "zh"] as const;

export type Language = (typeof languages)[number];

const all: Readonly<Record<Language, Messages>> = { en, zh };

export const messagesOf = (language: Language): Messages => all[language];
