import { relativePath } from "./relativePath.ts";

/** Attributes that say what holds anyway. */
const defaults = / (?:opacity="1"|stroke-width="1"|x2="0"|y2="0"|text-anchor="start"|stroke-dasharray="1,0"|transform="translate\(0,0\)")/g;

/** Marks that nothing of is seen: backgrounds and foregrounds of groups without a colour, and groups without content. */
const unseen = /^<(?:path d="(?:M0,0h[\d.]+v[\d.]+h-?[\d.]+Z)?"(?: display="none")?\/|g\/)>$/;

/** Text that is not seen: names of an axis that would lie over each other. */
const hiddenText = /<text(?=[^>]* opacity="0"[ >])[^>]*>.*?<\/text>/gs;

const lighter = (tag: string): string => {
  const rounded = tag.replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100)).replace(defaults, "");
  return rounded.includes(" stroke=") ? rounded : rounded.replace(/ stroke-(?:width|dasharray)="[^"]*"/g, "");
};

const line = /^<line(?: transform="translate\(([-\d.]+),([-\d.]+)\)")?(?: x2="([-\d.]+)")?(?: y2="([-\d.]+)")?([^>]*)\/>$/;
const symbol = /^<path transform="translate\(([-\d.]+),([-\d.]+)\)" d="([^"]*)"((?:(?! opacity=)[^>])*)\/>$/;

/** A line or a symbol as part of a path, and what it looks like. */
interface Stroke {
  readonly look: string;
  readonly path: string;
}

const strokeOf = (tag: string): Stroke | undefined => {
  const [straight, x = "0", y = "0", right = "0", down = "0", look = ""] = line.exec(tag) ?? [];
  if (straight !== undefined) return { look, path: `M${x},${y}${down === "0" ? `h${right}` : right === "0" ? `v${down}` : `l${right},${down}`}` };
  const [shape, left = "", top = "", path = "", looks = ""] = symbol.exec(tag) ?? [];
  const way = shape === undefined ? undefined : relativePath(path);
  return way === undefined ? undefined : { look: looks, path: `M${left},${top}${way}` };
};

/** Neighbouring lines that look alike as one path, and so symbols that nothing is seen through. */
const joinedStrokes = (tags: readonly string[]): readonly string[] => {
  const joined: string[] = [];
  let last: Stroke | undefined;
  for (const tag of tags) {
    if (tag === "") continue;
    const stroke = strokeOf(tag);
    last = stroke && last?.look === stroke.look ? { ...last, path: last.path + stroke.path } : stroke;
    if (last && stroke && last.path !== stroke.path) joined.pop();
    joined.push(last ? `<path d="${last.path}"${last.look}/>` : tag);
  }
  return joined;
};

const texts = /(?:<text[^>]*>(?:(?!<\/?text|<\/?g[ >]).)*<\/text>){2,}/gs;
const oneText = /<text([^>]*)>(.*?)<\/text>/gs;
const place = / transform="[^"]*"/;

/** Neighbouring texts that look alike in a group that says how. One that lets through what is behind it stays by itself: a group does so as a whole. */
const sharedLooks = (svg: string): string =>
  svg.replace(texts, (run) => {
    const groups: { readonly look: string; readonly whole: string[]; readonly bare: string[] }[] = [];
    for (const [text, attributes = "", words = ""] of run.matchAll(oneText)) {
      const look = attributes.includes(" opacity=") ? "" : attributes.replace(place, "");
      if (look === "" || groups.at(-1)?.look !== look) groups.push({ look, whole: [], bare: [] });
      groups.at(-1)?.whole.push(text);
      groups.at(-1)?.bare.push(`<text${place.exec(attributes)?.[0] ?? ""}>${words}</text>`);
    }
    return groups.map(({ look, whole, bare }) => (whole.length > 1 ? `<g${look}>${bare.join("")}</g>` : whole.join(""))).join("");
  });

/** Paths to cut at that are alike are one. */
const sharedClips = (svg: string): string => {
  const first = new Map<string, string>();
  const same = new Map<string, string>();
  const kept = svg.replace(/<clipPath id="([^"]*)">(.*?)<\/clipPath>/g, (whole, id: string, shape: string) => {
    const known = first.get(shape);
    if (known === undefined) first.set(shape, id);
    else same.set(id, known);
    return known === undefined ? whole : "";
  });
  return kept.replace(/url\(#([^)]*)\)/g, (whole, id: string) => (same.has(id) ? `url(#${same.get(id)})` : whole));
};

/**
 * What Vega wrote of a chart, with less than half as many characters and the same to look at: hundredths of a px, no attribute that says what holds
 * anyway, no group for its own sake. `svg` is Vega's, where no text holds a tag.
 */
export const leanSvg = (svg: string): string => {
  const open: boolean[] = [];
  const parts = svg
    .replace(hiddenText, "")
    .split(/(<[^>]*>)/)
    .map((part) => {
      if (!part.startsWith("<")) return part;
      const tag = lighter(part);
      if (unseen.test(tag)) return "";
      if (tag === "</g>") return open.pop() ? tag : "";
      if (!/^<g[ >]/.test(tag) || tag.endsWith("/>")) return tag;
      open.push(tag !== "<g>");
      return tag === "<g>" ? "" : tag;
    });
  return sharedLooks(sharedClips(joinedStrokes(parts).join("")));
};
