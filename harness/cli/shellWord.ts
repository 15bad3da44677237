/** A text as one word of a command that a user may copy: in quotes where a shell would take it for more. */
export const shellWord = (text: string): string => (/^[\w./=,:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The same of a file's path, which must not look like a flag. */
export const shellPath = (path: string): string => shellWord(path.startsWith("-") ? `./${path}` : path);
