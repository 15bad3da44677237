/** Languages that a report may be in: a file of messages each. */
export const languages = ["en", "zh"] as const;

export type Language = (typeof languages)[number];
