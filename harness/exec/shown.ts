import { printable } from "../experiment/problem.ts";

/** A name or message out of a file, for a terminal: at most 80 characters, none of which moves its cursor. */
export const safeText = (text: string): string => {
  const plain = printable(text);
  return plain.length > 80 ? `${plain.slice(0, 79)}…` : plain;
};

/** A value out of a file as it is written there. */
export const shown = (value: unknown): string => {
  try {
    return safeText(JSON.stringify(value) ?? "nothing");
  } catch {
    // Brackets within brackets, more of them than a call stack has room for.
    return "something too deep to show";
  }
};
