import { compactPath, type PlacedPath } from "./compactPath.ts";

/** Attributes that say what holds anyway. */
const defaults = / (?:(?:fill-|stroke-)?opacity="1"|stroke-width="1"|x2="0"|y2="0"|text-anchor="start"|stroke-dasharray="1,0"|transform="translate\(0,0\)")/g;

/** Marks that nothing of is seen: backgrounds and foregrounds of groups without a colour, and groups without content. */
const unseen = /^<(?:path d="(?:M0,0h[\d.]+v[\d.]+h-?[\d.]+Z)?"(?: display="none")?\/|g(?: clip-path="[^"]*")?\/)>$/;

/** Text that is not seen: names of an axis that would lie over each other. */
const hiddenText = /<text(?=[^>]* opacity="0"[ >])[^>]*>.*?<\/text>/gs;

const lighter = (tag: string): string => {
  const plain = tag.replace(defaults, "");
  return plain.includes(" stroke=") ? plain : plain.replace(/ stroke-(?:width|dasharray)="[^"]*"/g, "");
};

const rounded = (text: string): string => text.replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100));

const line = /^<line(?: transform="translate\(([^,]+),([^)]+)\)")?(?: x2="([^"]+)")?(?: y2="([^"]+)")?([^>]*)\/>$/;
const shape = /^<path(?: transform="translate\(([^,]+),([^)]+)\)")? d="([^"]*)"([^>]*)\/>$/;

/** What one tag draws, and what it looks like. */
interface Stroke extends PlacedPath {
  readonly tag: string;
  readonly look: string;
  /** whether its neighbours of the same look can be drawn with it */
  readonly joins: boolean;
}

const seenThrough = / (?:fill-|stroke-)?opacity=/;

const strokeOf = (tag: string): Stroke | undefined => {
  const [straight, left = "0", top = "0", right = "0", down = "0", lineLook = ""] = line.exec(tag) ?? [];
  if (straight !== undefined) return { tag, look: rounded(lineLook), path: `M0,0L${right},${down}`, x: Number(left), y: Number(top), joins: true };
  const [drawn, x, y = "0", path = "", look = ""] = shape.exec(tag) ?? [];
  // Where something is seen through symbols, those that lie on each other are more than one.
  return drawn === undefined
    ? undefined
    : { tag, look: rounded(look), path, x: Number(x ?? 0), y: Number(y), joins: x !== undefined && !seenThrough.test(look) };
};

const rectangle = /^M([^,]+),([^h]+)h([^v]+)v([^h]+)h-[^Z]+Z$/;
const fill = / fill="[^"]*"/;

interface Rectangle {
  readonly stroke: Stroke;
  readonly look: string;
  readonly sides: readonly [left: number, top: number, right: number, bottom: number];
}

const rectangleOf = (part: string | Stroke): Rectangle | undefined => {
  if (typeof part === "string" || part.joins || seenThrough.test(part.look)) return undefined;
  const [whole, left, top, width, height] = rectangle.exec(part.path) ?? [];
  if (whole === undefined) return undefined;
  const [x, y] = [part.x + Number(left), part.y + Number(top)];
  return { stroke: part, look: part.look.replace(fill, ""), sides: [x, y, x + Number(width), y + Number(height)] };
};

/** How deep two rectangles lie in each other where they but touch, px: sums are rounded. */
const touchPx = 0.01;

const overlap = (one: Rectangle, other: Rectangle): boolean => {
  const [[left, top, right, bottom], [otherLeft, otherTop, otherRight, otherBottom]] = [one.sides, other.sides];
  return Math.min(right, otherRight) - Math.max(left, otherLeft) > touchPx && Math.min(bottom, otherBottom) - Math.max(top, otherTop) > touchPx;
};

/** Rectangles side by side that differ in nothing but their colours, as those of a heat map do: by colour, since none lies on another. */
const byColour = (parts: readonly (string | Stroke)[]): readonly (string | Stroke)[] => {
  const ordered: (string | Stroke)[] = [];
  let run: Rectangle[] = [];
  const end = (): void => {
    const apart = run.length > 1 && !run.some((one, i) => run.slice(i + 1).some((other) => overlap(one, other)));
    const strokes = run.map(({ stroke }) => stroke);
    const looks = new Set(strokes.map(({ look }) => look));
    ordered.push(...(apart ? [...looks].flatMap((look) => strokes.filter((one) => one.look === look)).map((one) => ({ ...one, joins: true })) : strokes));
    run = [];
  };
  for (const part of parts) {
    const found = rectangleOf(part);
    if (found === undefined || found.look !== run[0]?.look) end();
    if (found === undefined) ordered.push(part);
    else run.push(found);
  }
  end();
  return ordered;
};

/** Neighbours that look alike as one path: lines, symbols and rectangles. */
const joined = (parts: readonly (string | Stroke)[]): readonly string[] => {
  const written: string[] = [];
  let run: Stroke[] = [];
  const end = (): void => {
    const path = compactPath(run);
    written.push(...(path === undefined ? run.map(({ tag }) => tag) : run.length === 0 ? [] : [`<path d="${path}"${run[0]?.look}/>`]));
    run = [];
  };
  for (const part of parts) {
    if (typeof part === "string") {
      end();
      written.push(part);
      continue;
    }
    if (!part.joins || !run[0]?.joins || part.look !== run[0].look) end();
    run.push(part);
  }
  end();
  return written;
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

const placedText = /<text((?: [a-z-]+="[^"]*")*?) transform="translate\(([^,()]+),([^,()]+)\)"((?: [a-z-]+="[^"]*")*)>(?!<tspan)/g;

const onlyClips = /^<g clip-path="[^"]*">$/;

/** Without groups for their own sake, and neighbouring groups that are cut at one path as one. */
const withoutGroups = (svg: string): readonly (string | Stroke)[] => {
  const open: string[] = [];
  let closed: string | undefined;
  const parts: (string | Stroke)[] = [];
  for (const part of svg.split(/(<[^>]*>)/)) {
    if (part === "") continue;
    const tag = part.startsWith("<") ? lighter(part) : part;
    if (unseen.test(tag)) continue;
    // A group without a look is but what is in it.
    if (tag === "<g>") open.push(tag);
    else if (tag === "</g>") {
      const group = open.pop();
      if (group === "<g>") continue;
      parts.push(tag);
      closed = group;
    } else {
      const isGroup = /^<g /.test(tag) && !tag.endsWith("/>");
      if (isGroup) open.push(tag);
      if (isGroup && tag === closed && onlyClips.test(tag)) parts.pop();
      else parts.push(strokeOf(tag) ?? (tag.startsWith("<") ? rounded(tag) : tag));
      closed = undefined;
    }
  }
  return parts;
};

/**
 * What Vega wrote of a chart, with less than a third as many characters and the same to look at: hundredths of a px, no attribute that says what holds
 * anyway, no group for its own sake. `svg` is Vega's, where no text holds a tag.
 */
export const leanSvg = (svg: string): string =>
  sharedLooks(joined(byColour(withoutGroups(sharedClips(svg.replace(hiddenText, ""))))).join("")).replace(placedText, '<text x="$2" y="$3"$1$4>');
