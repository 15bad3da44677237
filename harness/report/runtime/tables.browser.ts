import { filterHash, filterIn } from "./sharedFilter.ts";
import { type Direction, holds, nextDirection, orderOf } from "./sortedRows.ts";
import { filled, type ScriptWords } from "./words.ts";

/** Rows from which sorting, and searching, are worth a control. */
const fewestSorted = 4;
const fewestSearched = 12;

const textOf = (element: Element | undefined): string => element?.textContent?.trim() ?? "";

const makeSortable = (table: HTMLTableElement, body: HTMLTableSectionElement, rows: readonly HTMLTableRowElement[]): void => {
  const heads = [...table.querySelectorAll<HTMLTableCellElement>("thead th")];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const direction = nextDirection[(head.getAttribute("aria-sort") ?? "none") as Direction];
      for (const other of heads) other.removeAttribute("aria-sort");
      if (direction !== "none") head.setAttribute("aria-sort", direction);
      const texts = rows.map((row) => textOf(row.cells[column]));
      for (const place of orderOf(texts, head.classList.contains("num"), direction)) {
        const row = rows[place];
        if (row) body.append(row);
      }
    });
  });
};

/** A table by the heading it stands under, and its place there if it is not the first. */
const nameOf = (table: HTMLTableElement): string => {
  const section = table.closest("section") ?? document.body;
  const place = [...section.querySelectorAll("table")].indexOf(table);
  return `${section.querySelector("h2[id]")?.id ?? ""}${place > 0 ? `.${place}` : ""}`;
};

const keepInAddress = (table: string, asked: string): void => {
  const page = location.href.replace(/#.*$/s, "");
  try {
    history.replaceState(null, "", asked === "" ? page : `${page}${filterHash({ table, asked })}`);
  } catch {
    // A browser that counts how often an address changes, or has none to change, shows the rows all the same.
  }
};

const makeSearchable = (table: HTMLTableElement, rows: readonly HTMLTableRowElement[], words: ScriptWords): void => {
  const label = document.createElement("label");
  const input = document.createElement("input");
  const count = document.createElement("output");
  label.className = "search";
  input.type = "search";
  input.placeholder = words.wordsOfARow;
  label.append(`${words.showRows} `, input, " ", count);
  // Before what scrolls sideways, so that it stays where it is.
  table.parentElement?.before(label);
  const name = nameOf(table);
  const show = (): void => {
    let shown = 0;
    for (const row of rows) {
      // Cells are told apart: "64" of one and "KiB" of the next are no word.
      row.hidden = !holds([...row.cells].map(textOf).join(" "), input.value);
      if (!row.hidden) shown++;
    }
    count.textContent = input.value.trim() === "" ? "" : filled(words.rowsShown, { shown, all: rows.length });
  };
  input.addEventListener("input", () => {
    show();
    keepInAddress(name, input.value.trim());
  });
  // Whoever is sent the address sees the same rows.
  const ask = (): void => {
    const filter = filterIn(location.hash);
    if (filter?.table !== name) return;
    input.value = filter.asked;
    show();
    table.closest("details")?.setAttribute("open", "");
    label.scrollIntoView();
  };
  ask();
  // A link to a row that is hidden shows it.
  addEventListener("hashchange", () => {
    ask();
    const target = rows.find(({ id }) => id !== "" && `#${encodeURIComponent(id)}` === location.hash.replaceAll("%2F", "/"));
    if (!target?.hidden) return;
    input.value = "";
    show();
    target.scrollIntoView();
  });
};

/** Tables whose columns sort by a click on their heads and whose rows can be searched. */
export const upgradeTables = (words: ScriptWords): void => {
  for (const table of document.querySelectorAll<HTMLTableElement>(".scroll > table")) {
    const body = table.tBodies[0];
    const rows = [...(body?.rows ?? [])];
    if (body && rows.length >= fewestSorted) makeSortable(table, body, rows);
    if (rows.length >= fewestSearched) makeSearchable(table, rows, words);
  }
};
