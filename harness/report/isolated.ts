/** Letters written from right to left, the marks on them, and what joins them to words and words to a name; not what parts two names (commas, slashes, digits). */
const rightToLeft =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}](?:[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{M}]|[ '’"״׳.-]+(?=[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]))*/gu;

/** `text` in pieces: what runs from right to left, by itself, and what is around it. */
export const directionsOf = (text: string): readonly { readonly piece: string; readonly turned: boolean }[] => {
  const pieces: { piece: string; turned: boolean }[] = [];
  let end = 0;
  for (const { 0: piece, index } of text.matchAll(rightToLeft)) {
    if (index > end) pieces.push({ piece: text.slice(end, index), turned: false });
    pieces.push({ piece, turned: true });
    end = index + piece.length;
  }
  return end < text.length ? [...pieces, { piece: text.slice(end), turned: false }] : pieces;
};

/**
 * `text` with names that run from right to left between isolates (U+2068, U+2069): else a number behind such a name would join it and leave its unit. For plain text; nobody sees the two, and they count for no width.
 */
export const isolated = (text: string): string =>
  directionsOf(text)
    .map(({ piece, turned }) => (turned ? `\u2068${piece}\u2069` : piece))
    .join("");
