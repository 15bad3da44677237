import { button } from "./button.browser.ts";
import { type CarriedCharts, liveCharts } from "./carriedCharts.ts";
import type { Live, LiveState, Mount } from "./live.browser.ts";
import type { LiveCharts } from "./liveChart.ts";
import { unpacked, unpacks } from "./unpacked.browser.ts";
import type { ScriptWords } from "./words.ts";

/** Runs the part that draws: a script of this page, whose hash its policy names. */
const started = (text: string): Promise<Mount> =>
  new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.addEventListener("live", (event) => resolve((event as CustomEvent<Mount>).detail), { once: true });
    script.textContent = text;
    document.head.append(script);
    script.remove();
    // It has run by now, or never will.
    setTimeout(() => reject(new Error("The script that makes charts answer did not run.")), 0);
  });

const idle = (): Promise<void> =>
  new Promise((resolve) => {
    if ("requestIdleCallback" in window) requestIdleCallback(() => resolve(), { timeout: 500 });
    else setTimeout(resolve, 50);
  });

/** Charts that answer: values by pointer and keys, names that hide what they name, axes that zoom when asked. Each is taken over when a reader comes near it; until then, and in print, it is the drawing. */
export const upgradeCharts = (words: ScriptWords): void => {
  const texts = ["#live-charts", "#live-runtime"].map((selector) => document.querySelector(selector)?.textContent ?? "");
  if (texts.includes("") || !unpacks()) return;
  let loaded: Promise<readonly [LiveCharts, Mount]> | undefined;
  const load = () => {
    loaded ??= Promise.all(texts.map(unpacked)).then(
      async ([charts = "", runtime = ""]) => [liveCharts(JSON.parse(charts) as CarriedCharts), await started(runtime)] as const,
    );
    return loaded;
  };

  const states = new Map<Element, (state: LiveState) => void>();
  const lives = new Map<Element, Promise<Live | undefined>>();
  const upgraded = (still: SVGSVGElement): Promise<Live | undefined> => {
    const begun = lives.get(still);
    if (begun) return begun;
    const made = load().then(([{ config, charts }, mount]) => {
      const chart = charts[still.dataset.chart ?? ""];
      return chart && mount(still, chart, config, words, (state) => states.get(still)?.(state));
    });
    lives.set(still, made);
    return made;
  };

  // One after the other, when nothing else is to be done.
  const waiting: SVGSVGElement[] = [];
  let working = false;
  const work = async (): Promise<void> => {
    if (working) return;
    working = true;
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await idle();
      // A chart that fails stays a drawing, and says why on the console; the others go on.
      await upgraded(next).catch(reportError);
    }
    working = false;
  };
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting || lives.has(target)) continue;
        near.unobserve(target);
        waiting.push(target as SVGSVGElement);
      }
      void work();
    },
    { rootMargin: "100% 0px" },
  );

  /** Whether a drawing, or what took its place, is the one that the style shows in this place and at this width. */
  const isShown = (still: SVGSVGElement): boolean =>
    [still, ...(still.classList.contains("upgraded") ? [still.previousElementSibling] : [])].some((one) => (one?.getClientRects().length ?? 0) > 0);
  const places = [...document.querySelectorAll(".facet")];
  for (const place of places) {
    const stills = [...place.querySelectorAll<SVGSVGElement>("svg.chart")];
    const shown = (): SVGSVGElement | undefined => stills.find(isShown) ?? stills[0];
    for (const still of stills) near.observe(still);
    for (const come of ["pointerenter", "focusin"])
      place.addEventListener(come, () => {
        const still = shown();
        if (still) void upgraded(still);
      });
    const withShown = async (act: (live: Live) => void): Promise<void> => {
      const still = shown();
      const live = still && (await upgraded(still));
      if (live) act(live);
    };
    const whole = button(words.showAll, () => void withShown(({ reset }) => reset()));
    whole.hidden = true;
    if (stills.some(({ dataset }) => "zooms" in dataset)) {
      const zoom = button(words.zoom, () => void withShown(({ setZooming }) => setZooming(zoom.getAttribute("aria-pressed") !== "true")));
      zoom.setAttribute("aria-pressed", "false");
      zoom.title = words.zoomHint;
      place.append(zoom, whole);
      for (const still of stills)
        states.set(still, ({ zooming, changed }) => {
          zoom.setAttribute("aria-pressed", String(zooming));
          // What vanishes under a reader's fingers hands the focus on.
          if (!changed && document.activeElement === whole) zoom.focus();
          whole.hidden = !changed;
        });
    }
  }

  // Who comes by keys may be pages away from the next chart, and steps past what a drawing does not have: the charts before and after the focus are taken over while it stands there.
  const besideFocus = (): void => {
    const { activeElement: focused, body } = document;
    const closed = (place: Element): boolean => place.closest("details:not([open])") !== null;
    const open = places.filter((place) => !closed(place) && !place.contains(focused));
    const follows = (place: Element): boolean =>
      focused === null || focused === body || (focused.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    for (const place of [open.find(follows), open.findLast((one) => !follows(one))]) {
      const still = place && [...place.querySelectorAll<SVGSVGElement>("svg.chart")].find(isShown);
      if (still) void upgraded(still).catch(reportError);
    }
  };
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Tab") besideFocus();
  });
  document.addEventListener("focusin", besideFocus);
};
