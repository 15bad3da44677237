const han = /\p{Script=Han}/u;
const opensLatin = /[\p{Script=Latin}\p{Script=Greek}\p{Nd}±≈∝<>=−]/u;
const closesLatin = /[\p{Script=Latin}\p{Script=Greek}\p{Nd}%)\]×²³*±]/u;

/** Is a space due between what ends in `left` and what begins with `right`, as between Chinese characters and Latin words or numbers? */
const needsSpace = (left: string, right: string): boolean => (han.test(left) && opensLatin.test(right)) || (closesLatin.test(left) && han.test(right));

/** A template of Chinese text: a space is put where a value meets it with Latin letters or digits. Values themselves stay as they are. */
export const spaced = (strings: TemplateStringsArray, ...values: readonly (string | number)[]): string =>
  strings
    .flatMap((part, i) => (i < values.length ? [part, String(values[i])] : [part]))
    .filter((part) => part !== "")
    .reduce((text, part) => {
      const [left = "", right = ""] = [[...text.slice(-2)].at(-1), [...part.slice(0, 2)][0]];
      return `${text}${needsSpace(left, right) ? " " : ""}${part}`;
    }, "");
