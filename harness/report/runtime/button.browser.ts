/** A small button of the page's look; its words are text. */
export const button = (words: string, onClick: () => void): HTMLButtonElement => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "save";
  made.textContent = words;
  made.addEventListener("click", onClick);
  return made;
};
