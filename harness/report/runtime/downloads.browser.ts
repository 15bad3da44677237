import { measurementsCsv, samplesCsv } from "../../record/csv.ts";
import type { RunRecord } from "../../record/run.ts";
import { button } from "./button.browser.ts";
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

/** A chart as a file of its own: the page's colours, as they are now, go with it. */
const alone = (chart: SVGSVGElement): string => {
  const copy = chart.cloneNode(true) as SVGSVGElement;
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
        if (chart) save(named(`-${facet.id}.svg`), "image/svg+xml", alone(chart));
      }),
    );
  }
};
