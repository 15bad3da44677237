import { measurementsCsv, samplesCsv } from "../../record/csv.ts";
import type { RunRecord } from "../../record/run.ts";
import { button } from "./button.browser.ts";
import { keyHeight, keyLook, keyPlaces } from "./key.ts";
import { unpacked, unpacks } from "./unpacked.browser.ts";
import type { ScriptWords } from "./words.ts";

const save = (name: string, type: string, text: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // What was begun goes on without it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};

const drawing = (name: string, attributes: Readonly<Record<string, string | number>>): SVGElement => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, String(value));
  return made;
};

/** Puts what the page says of a chart's colours under its copy, which gets higher by that. */
const addKey = (copy: SVGSVGElement, key: Element): void => {
  const { x, y, width, height } = copy.viewBox.baseVal;
  const entries = [...key.querySelectorAll("li")];
  const places = keyPlaces(
    entries.map(({ textContent }) => (textContent ?? "").trim()),
    width,
  );
  const { fontPx, swatchPx } = keyLook;
  const page = getComputedStyle(document.documentElement);
  places.forEach((place, i) => {
    const swatch = entries[i]?.querySelector(".swatch");
    const { backgroundColor, opacity } = getComputedStyle(swatch ?? key);
    const [left, middle] = [x + place.x, y + height + place.y];
    const box = { x: left, y: middle - swatchPx / 2, width: swatchPx, height: swatchPx, rx: 2, fill: backgroundColor, "fill-opacity": opacity };
    const words = drawing("text", {
      x: left + swatchPx + 6,
      y: middle,
      "dominant-baseline": "central",
      "font-size": fontPx,
      fill: page.getPropertyValue("--ink"),
    });
    words.textContent = place.words;
    copy.append(drawing("rect", { ...box, stroke: page.getPropertyValue("--guide"), "stroke-width": 0.5 }), words);
  });
  const whole = height + keyHeight(places);
  copy.setAttribute("viewBox", [x, y, width, whole].join(" "));
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(whole));
};

/** A chart as a file of its own: the page's colours, as they are now, go with it, and so does the `key` that says in the page what they mean. */
const alone = (chart: SVGSVGElement, key: Element | null): string => {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  if (key) addKey(copy, key);
  const page = getComputedStyle(document.documentElement);
  const names = new Set(["--paper", ...Array.from(chart.outerHTML.matchAll(/var\((--[\w-]+)/g), ([, name = ""]) => name)]);
  for (const name of names) copy.style.setProperty(name, page.getPropertyValue(name));
  copy.style.setProperty("background", page.getPropertyValue("--paper"));
  copy.style.setProperty("font-family", getComputedStyle(chart).fontFamily);
  // As XML: HTML's spelling of a no-break space is none there.
  return new XMLSerializer().serializeToString(copy);
};

/** What the page holds, as files: made from what it carries when they are asked for, so that it is no larger for them. */
export const offerDownloads = (words: ScriptWords): void => {
  const results = document.querySelector<HTMLElement>("#results");
  const place = document.querySelector("#downloads");
  if (!results || !place) return;
  const { name = "", run = "", samples } = results.dataset;
  const hasSamples = samples !== undefined;
  const named = (ending: string): string => `${name}-${run}${ending}`;
  const json = (): Promise<string> => unpacked(results.textContent ?? "");
  const offer = (label: string, file: string, type: string, textOf: (json: string) => string): void =>
    place.append(button(label, () => void json().then((text) => save(file, type, textOf(text)), reportError)));
  if (unpacks()) {
    offer(words.measurements, named(".csv"), "text/csv", (text) => measurementsCsv(JSON.parse(text) as RunRecord));
    if (hasSamples) offer(words.samples, named("-samples.csv"), "text/csv", (text) => [...samplesCsv(JSON.parse(text) as RunRecord)].join(""));
    offer(hasSamples ? words.run : words.runWithoutSamples, named(".json"), "application/json", (text) => text);
    offer(words.experiment, `${name}.yaml`, "application/yaml", (text) => (JSON.parse(text) as RunRecord).experiment.yaml);
  }
  for (const facet of document.querySelectorAll(".facet")) {
    facet.append(
      button("SVG", () => {
        // Of the two widths, and of the drawing and what took its place, the one that is shown.
        const chart = [...facet.querySelectorAll<SVGSVGElement>("svg")].find((one) => one.getBoundingClientRect().width > 0);
        if (chart) save(named(`-${facet.id}.svg`), "image/svg+xml", alone(chart, facet.parentElement?.querySelector(":scope > .key") ?? null));
      }),
    );
  }
};
