import { transforms } from "vega-dataflow";
import { expressionInterpreter } from "vega-interpreter";
import { parse } from "vega-parser";
import { type SceneMark, textMetrics } from "vega-scenegraph";
import { extend } from "vega-util";
import { View } from "vega-view";
import { textWidth } from "../charts/textWidth.ts";
import type { LiveChart } from "./liveChart.ts";
import { liveSpec, rangesOf } from "./liveSpec.ts";
import { inSteps, nearest, type Point, type Step, stepped } from "./steps.ts";
import { chartTransforms } from "./transforms.ts";
import { filled, type ScriptWords } from "./words.ts";
import { isWhole, ticksWithin, zoomedDomain } from "./zoom.ts";

/*
 * What makes a drawn chart one that answers: Vega without its compiler to code, and with those transforms alone that charts here use. It is
 * unpacked when a reader first comes to a chart (charts.browser.ts). All that a run contains becomes text of elements, never markup.
 */
extend(transforms, chartTransforms);
// The same widths as in the drawing, so that nothing moves when it is taken over.
textMetrics.width = (item, text) => textWidth(String(text ?? ""), item.fontSize ?? 11);

/** A chart that answers, in the place of its drawing. */
export interface Live {
  /** whether wheel, drag and pinch move the axes */
  readonly setZooming: (zooming: boolean) => void;
  /** all series and the whole of both axes */
  readonly reset: () => void;
}

/** What a reader did to a chart. */
export interface LiveState {
  readonly zooming: boolean;
  /** something is hidden or cut off */
  readonly changed: boolean;
}

export type Mount = (still: SVGSVGElement, chart: LiveChart, config: object, words: ScriptWords, onChange: (state: LiveState) => void) => Promise<Live>;

/** How near a pointer has to come, px of the screen. */
const reachPx = { fine: 22, coarse: 34 };
/** One notch of a wheel, and one press of a key. */
const wheelFactor = 1.15;
const keyFactor = 1.6;

const element = (className: string): HTMLDivElement => {
  const made = document.createElement("div");
  made.className = className;
  return made;
};

interface Datum {
  readonly series?: string;
  readonly tip?: readonly string[];
  readonly label?: boolean;
}

interface Box {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** Every item of a scene that a row stands behind, with its place in the plot. */
const itemsOf = (marks: readonly SceneMark[], left = 0, top = 0): readonly { readonly type: string; readonly datum: Datum; readonly box: Box }[] =>
  marks.flatMap(({ marktype, items = [] }) =>
    items.flatMap(({ items: inner = [], x = 0, y = 0, datum, bounds }) => {
      if (marktype === "group") return itemsOf(inner, left + x, top + y);
      if (typeof datum !== "object" || datum === null || bounds === undefined) return [];
      return [{ type: marktype, datum: datum as Datum, box: { x1: left + bounds.x1, y1: top + bounds.y1, x2: left + bounds.x2, y2: top + bounds.y2 } }];
    }),
  );

const mount: Mount = async (still, chart, config, words, onChange) => {
  const spec = liveSpec(chart);
  const ranges = chart.zooms ? rangesOf(chart.spec) : undefined;
  const width = still.width.baseVal.value;
  const height = still.height.baseVal.value;
  const title = still.querySelector("title")?.textContent ?? "";

  const live = element(`${still.getAttribute("class")} live`);
  live.style.width = `${width}px`;
  live.style.aspectRatio = `${width} / ${height}`;
  const picture = element("picture");
  const steps = element("steps");
  const ring = element("ring");
  const tip = element("tip");
  ring.hidden = true;
  tip.hidden = true;
  live.append(picture, steps, ring, tip);

  const view = new View(parse(spec, config, { ast: true }), { expr: expressionInterpreter, renderer: "svg", container: picture, hover: false });
  await view.runAsync();
  // Vega describes its container; the page has a title and a description of the drawing.
  picture.removeAttribute("aria-roledescription");
  picture.removeAttribute("aria-label");
  picture.querySelector("svg")?.setAttribute("aria-hidden", "true");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-labelledby", still.getAttribute("aria-labelledby") ?? "");

  const hidden = new Set<string>();
  const parts = ranges ? { x: ranges.x.domain, y: ranges.y.domain } : undefined;
  let points: readonly Point[] = [];
  let at = -1;
  let zooming = false;

  const pad = view.padding() as { readonly left: number; readonly top: number };
  const [originX, originY] = view.origin();
  const plot = { left: pad.left + originX, top: pad.top + originY, width: view.width(), height: view.height() };
  /** px of the screen per px of the chart */
  const scaleOf = (): number => live.getBoundingClientRect().width / width;
  const isZoomed = (): boolean => ranges !== undefined && parts !== undefined && !(isWhole(ranges.x, parts.x) && isWhole(ranges.y, parts.y));
  const tell = (): void => onChange({ zooming, changed: hidden.size > 0 || isZoomed() });
  const items = () => itemsOf([view.scenegraph().root]);

  const hideTip = (): void => {
    tip.hidden = true;
    ring.hidden = true;
  };

  const showTip = (place: number): void => {
    const point = points[place];
    if (point === undefined) {
      hideTip();
      return;
    }
    at = place;
    // What lies on it, to the pixel, is told with it.
    const told = points.filter((one) => one === point || (Math.hypot(one.x - point.x, one.y - point.y) < 2 && one.halfWidth === point.halfWidth));
    tip.replaceChildren(
      ...told.slice(0, 4).flatMap((one) =>
        one.tip.map((line, i) => {
          const row = document.createElement(i === 0 ? "strong" : "span");
          row.dir = "auto";
          row.textContent = line;
          return row;
        }),
      ),
    );
    steps.setAttribute("aria-valuenow", String(place + 1));
    steps.setAttribute("aria-valuetext", told.map((one) => one.tip.join(", ")).join("; "));
    const scaled = scaleOf();
    ring.style.left = `${(point.x - point.halfWidth - 3) * scaled}px`;
    ring.style.top = `${(point.y - point.halfHeight - 3) * scaled}px`;
    ring.style.width = `${(2 * point.halfWidth + 6) * scaled}px`;
    ring.style.height = `${(2 * point.halfHeight + 6) * scaled}px`;
    ring.hidden = false;
    tip.hidden = false;
    const [middle, upper, lower] = [point.x * scaled, (point.y - point.halfHeight) * scaled - 10, (point.y + point.halfHeight) * scaled + 10];
    const left = Math.max(0, Math.min(width * scaled - tip.offsetWidth, middle - tip.offsetWidth / 2));
    const above = upper - tip.offsetHeight;
    tip.style.left = `${left}px`;
    tip.style.top = `${above >= 0 ? above : lower}px`;
  };

  const buttons = new Map<string, HTMLButtonElement>();
  const readScene = (): void => {
    const previous = points[at];
    const all = items();
    points = inSteps(
      all.flatMap(({ type, datum: { tip: words, series = "" }, box }): Point[] => {
        if (words === undefined || (type !== "symbol" && type !== "rect")) return [];
        const [x, y] = [(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2];
        if (x < -1 || y < -1 || x > plot.width + 1 || y > plot.height + 1) return [];
        return [{ series, tip: words, x: plot.left + x, y: plot.top + y, halfWidth: (box.x2 - box.x1) / 2, halfHeight: (box.y2 - box.y1) / 2 }];
      }),
    );
    at = points.findIndex((point) => point.series === previous?.series && point.tip[1] === previous.tip[1]);
    steps.setAttribute("aria-valuemax", String(Math.max(1, points.length)));
    const named = new Map<string, Box>();
    for (const { datum, box } of all) {
      if (!datum.label || datum.series === undefined) continue;
      const own = named.get(datum.series);
      named.set(
        datum.series,
        own ? { x1: Math.min(own.x1, box.x1), y1: Math.min(own.y1, box.y1), x2: Math.max(own.x2, box.x2), y2: Math.max(own.y2, box.y2) } : box,
      );
    }
    if (buttons.size === 0)
      for (const [series, box] of named) {
        const toggle = document.createElement("button");
        toggle.type = "button";
        toggle.className = "series";
        toggle.setAttribute("aria-label", items().find(({ datum }) => datum.series === series && datum.tip)?.datum.tip?.[0] ?? series.slice(0, 80));
        toggle.title = words.showOrHide;
        toggle.style.left = `${(100 * (plot.left + box.x1 - 4)) / width}%`;
        toggle.style.top = `${(100 * (plot.top + box.y1)) / height}%`;
        toggle.style.width = `${(100 * (box.x2 - box.x1 + 8)) / width}%`;
        toggle.style.height = `${(100 * (box.y2 - box.y1)) / height}%`;
        toggle.addEventListener("click", () => {
          if (!hidden.delete(series)) hidden.add(series);
          draw();
        });
        buttons.set(series, toggle);
        live.append(toggle);
      }
    for (const [series, toggle] of buttons) toggle.setAttribute("aria-pressed", String(!hidden.has(series)));
  };

  // Asked again while it draws, Vega draws once more with what is newest.
  const draw = (): void => {
    view.signal("hidden", [...hidden]);
    if (ranges && parts) {
      view.signal("zoomed", isZoomed());
      for (const name of ["x", "y"] as const) {
        view.signal(`${name}Domain`, parts[name]);
        view.signal(`${name}Ticks`, isWhole(ranges[name], parts[name]) ? ranges[name].ticks : ticksWithin(ranges[name], parts[name], name === "x"));
      }
    }
    hideTip();
    view.run();
    readScene();
    tell();
  };

  /** Both axes, about a place of the chart (px) that stays where it is. */
  const zoom = (factor: number, x: number, y: number, shiftX = 0, shiftY = 0): void => {
    if (!ranges || !parts) return;
    parts.x = zoomedDomain(ranges.x, parts.x, factor, (x - plot.left) / plot.width, shiftX);
    parts.y = zoomedDomain(ranges.y, parts.y, factor, 1 - (y - plot.top) / plot.height, shiftY);
    draw();
  };

  const reset = (): void => {
    hidden.clear();
    if (ranges && parts) Object.assign(parts, { x: ranges.x.domain, y: ranges.y.domain });
    draw();
  };

  const setZooming = (on: boolean): void => {
    zooming = on && ranges !== undefined;
    live.classList.toggle("zooming", zooming);
    tell();
  };

  const placeOf = (event: MouseEvent): readonly [number, number] => {
    const { left, top } = live.getBoundingClientRect();
    const scaled = scaleOf();
    return [(event.clientX - left) / scaled, (event.clientY - top) / scaled];
  };

  const point = (event: PointerEvent | MouseEvent, coarse: boolean): void => {
    const found = nearest(points, ...placeOf(event), (coarse ? reachPx.coarse : reachPx.fine) / scaleOf());
    if (found < 0) hideTip();
    else showTip(found);
  };

  steps.tabIndex = 0;
  steps.setAttribute("role", "slider");
  steps.setAttribute("aria-label", filled(words.points, { title }));
  steps.setAttribute("aria-valuemin", "1");
  steps.setAttribute("aria-valuenow", "1");
  steps.setAttribute("aria-valuetext", words.pointsHint);

  const pressed = new Map<number, readonly [number, number]>();
  let moved = false;
  steps.addEventListener("pointerdown", (event) => {
    moved = false;
    if (!zooming) return;
    pressed.set(event.pointerId, placeOf(event));
    steps.setPointerCapture(event.pointerId);
  });
  steps.addEventListener("pointermove", (event) => {
    const from = pressed.get(event.pointerId);
    if (from === undefined) {
      if (event.pointerType === "mouse") point(event, false);
      return;
    }
    const to = placeOf(event);
    const others = [...pressed].filter(([id]) => id !== event.pointerId);
    pressed.set(event.pointerId, to);
    moved ||= Math.hypot(to[0] - from[0], to[1] - from[1]) > 0;
    const [other] = others;
    if (other === undefined) return zoom(1, ...to, (from[0] - to[0]) / plot.width, (to[1] - from[1]) / plot.height);
    const [, fixed] = other;
    const apart = ([x, y]: readonly [number, number]): number => Math.max(8, Math.hypot(x - fixed[0], y - fixed[1]));
    zoom(apart(from) / apart(to), ...fixed);
  });
  for (const end of ["pointerup", "pointercancel"] as const) steps.addEventListener(end, ({ pointerId }) => pressed.delete(pointerId));
  steps.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse") hideTip();
  });
  steps.addEventListener("click", (event) => {
    if (!moved) point(event, (event as PointerEvent).pointerType === "touch");
  });
  steps.addEventListener("dblclick", (event) => {
    if (zooming) zoom(1 / 2, ...placeOf(event));
  });
  steps.addEventListener(
    "wheel",
    (event) => {
      if (!zooming) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1 / wheelFactor : wheelFactor, ...placeOf(event));
    },
    { passive: false },
  );
  steps.addEventListener("keydown", (event) => {
    const { key } = event;
    const here = points[at];
    const centre = here ? ([here.x, here.y] as const) : ([plot.left + plot.width / 2, plot.top + plot.height / 2] as const);
    const zoomBy = (factor: number): void => {
      zoom(factor, ...centre);
      if (at >= 0) showTip(at);
    };
    if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(key)) showTip(stepped(points, at, key as Step));
    else if (key === "+" || key === "=") zoomBy(1 / keyFactor);
    else if (key === "-") zoomBy(keyFactor);
    else if (key === "0") reset();
    else if (key === "Escape" && !tip.hidden) hideTip();
    else if (key === "Escape" && zooming) setZooming(false);
    else return;
    event.preventDefault();
  });
  steps.addEventListener("focus", () => {
    if (steps.matches(":focus-visible")) showTip(Math.max(0, at));
  });
  steps.addEventListener("blur", hideTip);

  readScene();
  still.before(live);
  still.classList.add("upgraded");
  return { setZooming, reset };
};

document.currentScript?.dispatchEvent(new CustomEvent<Mount>("live", { detail: mount }));
