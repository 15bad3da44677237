/** Attributes that say what holds anyway. */
const defaults = / (?:opacity="1"|stroke-width="1"|x2="0"|y2="0"|text-anchor="start"|stroke-dasharray="1,0"|transform="translate\(0,0\)")/g;

/** Marks that nothing of is seen: backgrounds and foregrounds of groups without a colour, and groups without content. */
const unseen = /^<(?:path d="(?:M0,0h[\d.]+v[\d.]+h-?[\d.]+Z)?"(?: display="none")?\/|g\/)>$/;

const lighter = (tag: string): string => {
  const rounded = tag.replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100)).replace(defaults, "");
  return rounded.includes(" stroke=") ? rounded : rounded.replace(/ stroke-(?:width|dasharray)="[^"]*"/g, "");
};

const line = /^<line(?: transform="translate\(([-\d.]+),([-\d.]+)\)")?(?: x2="([-\d.]+)")?(?: y2="([-\d.]+)")?([^>]*)\/>$/;

/** Neighbouring lines that look alike as one path. */
const joinedLines = (tags: readonly string[]): readonly string[] => {
  const joined: string[] = [];
  let last: { readonly look: string; readonly path: string } | undefined;
  for (const tag of tags) {
    const [whole, x = "0", y = "0", right = "0", down = "0", look = ""] = line.exec(tag) ?? [];
    if (tag === "") continue;
    const step = whole === undefined ? "" : `M${x},${y}${down === "0" ? `h${right}` : right === "0" ? `v${down}` : `l${right},${down}`}`;
    if (whole !== undefined && last?.look === look) {
      last = { look, path: last.path + step };
      joined[joined.length - 1] = `<path d="${last.path}"${look}/>`;
    } else {
      last = whole === undefined ? undefined : { look, path: step };
      joined.push(whole === undefined ? tag : `<path d="${step}"${look}/>`);
    }
  }
  return joined;
};

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
  const parts = svg.split(/(<[^>]*>)/).map((part) => {
    if (!part.startsWith("<")) return part;
    const tag = lighter(part);
    if (unseen.test(tag)) return "";
    if (tag === "</g>") return open.pop() ? tag : "";
    if (!/^<g[ >]/.test(tag) || tag.endsWith("/>")) return tag;
    open.push(tag !== "<g>");
    return tag === "<g>" ? "" : tag;
  });
  return sharedClips(joinedLines(parts).join(""));
};
