/** What a page's address says of the rows that are shown. */
export interface SharedFilter {
  /** name of the table in its page */
  readonly table: string;
  readonly asked: string;
}

/** The fragment of an address whose page opens with that table filtered: "#rows=cells&words=softmax+4096". */
export const filterHash = ({ table, asked }: SharedFilter): string => `#${new URLSearchParams({ rows: table, words: asked })}`;

/** The filter in a fragment; undefined where it is of something else. */
export const filterIn = (hash: string): SharedFilter | undefined => {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const [table, asked] = [parts.get("rows"), parts.get("words")];
  return table === null || asked === null ? undefined : { table, asked };
};
