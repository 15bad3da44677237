import type { Language } from "../messages/languages.ts";
import type { RunRecord } from "../record/run.ts";
import { type ChartSize, chartSizes } from "./charts/frame.ts";
import { heatSteps, paleness, stageFills, themeVariables } from "./charts/theme.ts";
import { lesserCells, numberStyle } from "./table.ts";

const declarations = (scheme: "light" | "dark", pairs: Iterable<{ readonly name: string; readonly light: string; readonly dark: string }>): string =>
  [...pairs].map((pair) => `${pair.name}:${pair[scheme]}`).join(";");

/** Colours of the page that charts do not use. */
const pageColours = [
  { name: "--wash", light: "#f5f7f9", dark: "#1e242c" },
  { name: "--line", light: "#d5dae0", dark: "#363d47" },
  { name: "--edge", light: "#b4bdc6", dark: "#48525e" },
  { name: "--accent", light: "#0b5c8f", dark: "#7cc4ef" },
  { name: "--good", light: "#14692c", dark: "#6fd38a" },
  { name: "--bad", light: "#b3261e", dark: "#ff9d94" },
  { name: "--unsure", light: "#59636e", dark: "#a8b3bf" },
  { name: "--warn-back", light: "#fff6dc", dark: "#37301a" },
  { name: "--warn-line", light: "#d9a514", dark: "#b98e1c" },
] as const;

/** Height of the line of buttons under a chart, which the height of a line of the page's language is a part of. */
const buttonsPx = { en: 27.84, zh: 29.57 } as const satisfies Readonly<Record<Language, number>>;

/** What a chart takes of a page before it is laid out: its width, or that of a screen that is narrower, by what is its height for that (sections/figure.ts). */
const drawnRoom = ({ name, widthPx }: ChartSize): string => {
  const width = `min(${widthPx}px,100vw - 40px)`;
  return `contain-intrinsic-size:${width} calc(${width}*var(--${name}) + var(--buttons,${buttonsPx.en}px))`;
};
const [wide, narrow] = chartSizes;

/** A shade at an edge that cuts a table off, which goes once it is scrolled to its end: paper that scrolls along lies over it there. */
const cutEdges = `background:${[
  "linear-gradient(to right,var(--paper) 40%,transparent) left/44px 100% no-repeat local",
  "linear-gradient(to left,var(--paper) 40%,transparent) right/44px 100% no-repeat local",
  "linear-gradient(to right,var(--edge),transparent) left/18px 100% no-repeat scroll",
  "linear-gradient(to left,var(--edge),transparent) right/18px 100% no-repeat scroll",
].join(",")}`;

const rules = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
main,footer{max-width:1200px;margin:0 auto;padding:0 20px}
header{max-width:1200px;margin:0 auto;padding:24px 20px 0}
h1{font-size:1.15rem;line-height:1.35;font-weight:600;margin:0;color:var(--muted)}
h1 .more{font-weight:400}
.question{font-size:clamp(1.4rem,1.1rem + 1.2vw,1.9rem);line-height:1.2;font-weight:700;letter-spacing:-.015em;margin:.35em 0 0;text-wrap:balance}
.compared{margin:.5em 0 0;max-width:none}.compared+.compared{margin:.15em 0 0}.compared strong{font-weight:600}
h2{font-size:1.25rem;line-height:1.3;margin:2.6em 0 .6em}
h3{font-size:1.02rem;line-height:1.35;margin:1.4em 0 .4em}
p{margin:.5em 0;max-width:46em}
small{font-size:.82rem;color:var(--muted)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.86em}
pre{background:var(--wash);border:1px solid var(--line);border-radius:8px;padding:12px 14px;overflow-x:auto;max-width:100%;overflow-wrap:normal}
.command code{user-select:all}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.first{display:grid;grid-template-columns:minmax(0,1fr);gap:18px 36px;margin-top:16px}
@media screen and (min-width:900px){.first:has(>figure){grid-template-columns:minmax(0,1fr) 328px;grid-template-rows:auto 1fr}.first>figure{grid-area:1/2/span 2}.first .chart.wide{display:none}.first .chart.narrow{display:block}}
@media screen and (min-width:1240px){.first:has(.chart.wide){grid-template-columns:minmax(0,1fr) 528px}.first .chart.wide{display:block}.first .chart.narrow{display:none}}
@media screen and (min-width:1500px){header,main,footer{max-width:1400px}}
.answer{border-left:4px solid var(--accent);padding:2px 0 2px 20px}
.answer h2{font-size:.8rem;text-transform:uppercase;letter-spacing:.08em;color:var(--muted);margin:0}
.lead{font-size:clamp(1.04rem,1rem + .15vw,1.1rem);line-height:1.42;margin:.4em 0;max-width:40em}
.caveat{display:none;margin:.6em 0 0;font-size:.9rem}
@media screen and (max-width:899px){.caveat{display:block}}
.found{margin:.6em 0;padding-left:1.2em;max-width:46em}
.found li{margin:.3em 0}
.verdicts{list-style:none;margin:.3em 0;padding:0}
.verdicts li{margin:.2em 0}
.verdict,time{white-space:nowrap}.verdict{font-weight:600}
.verdict.pass{color:var(--good)}.verdict.fail{color:var(--bad)}.verdict.undecided{color:var(--unsure)}
.warnings{background:var(--warn-back);border:1px solid var(--warn-line);border-radius:8px;padding:6px 14px;margin:1em 0 0;max-width:52em}
.warnings p{margin:.35em 0}
.sign{width:.95em;height:.9em;vertical-align:-.08em}
.trust{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,235px),1fr));gap:1px;margin:26px 0 0;background:var(--wash);border:1px solid var(--line);border-radius:10px;overflow:hidden}
.trust div{box-shadow:0 0 0 1px var(--line);padding:6px 12px}
.trust dt{font-size:.76rem;color:var(--muted)}
.trust dd{margin:1px 0 0;font-weight:600;font-size:.95rem;line-height:1.35}
.trust small{display:block;font-weight:400;line-height:1.35}
.boxes{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,270px),1fr));gap:14px;align-content:start}
@media (min-width:640px){.boxes{grid-template-columns:minmax(0,9fr) minmax(0,7fr)}}
.boxes>div{border:1px solid var(--line);border-radius:10px;padding:10px 16px}
.boxes h2{font-size:1rem;margin:0 0 .4em}
.boxes ul{margin:0;padding-left:1.1em}
.boxes li{margin:.3em 0;line-height:1.42;font-size:.95rem}
.figures{display:grid;grid-template-columns:minmax(0,1fr);gap:34px 20px}
figure{margin:0;min-width:0;break-inside:avoid}
figure h3{margin:0 0 .6em}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.facets{display:grid;grid-template-columns:minmax(0,1fr);gap:22px 20px;justify-items:start}
@media (min-width:1100px){.figures.pair{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.figures.pair>.broad{grid-column:1/-1}.facets.many{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}}
.facets.small{grid-template-columns:repeat(auto-fill,minmax(min(328px,100%),1fr))}
.facet{min-width:0;max-width:100%}
.facet{${drawnRoom(wide)}}.facet.small{${drawnRoom(narrow)}}
.chart{display:block;max-width:100%;height:auto;overflow:visible;font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.chart text{font-variant-numeric:tabular-nums}
.chart.narrow{display:none}
.facet.small .chart.narrow{display:block}
@media (max-width:590px){.chart.wide{display:none}.chart.narrow{display:block}.facet{${drawnRoom(narrow)}}}
@media screen and (scripting:enabled){.facet:not(:has(>.live),.first *),.scroll.tall{content-visibility:auto}}
.live{position:relative;font-size:12px}
.live .picture,.live .picture svg{display:block;width:100%;height:100%;overflow:visible}
.live text{font-family:inherit}
.live .steps{position:absolute;inset:0;border-radius:6px;touch-action:pan-x pan-y pinch-zoom}
.live.zooming .steps{cursor:grab;touch-action:none;outline:1px solid var(--accent);outline-offset:3px}
.live .series{all:unset;position:absolute;cursor:pointer;border-radius:4px}
.live .series:hover{box-shadow:0 0 0 1px var(--line)}
.live .series:focus-visible{outline:2px solid var(--accent)}
.live .ring{position:absolute;border:1.5px solid var(--ink);border-radius:5px;pointer-events:none}
.live .tip{position:absolute;z-index:2;display:grid;max-width:min(240px,100%);padding:6px 10px;background:var(--paper);color:var(--ink);border:1px solid var(--guide);border-radius:6px;box-shadow:0 2px 8px #0003;font-size:.78rem;line-height:1.4;pointer-events:none}
.live .tip strong:not(:first-child){margin-top:4px}
.live [hidden]{display:none}
@media screen{.chart.upgraded{display:none!important}}
figcaption{font-size:.88rem;color:var(--muted);margin-top:8px}
figcaption p{margin:.3em 0}
figcaption p:first-child{color:var(--ink)}
details{margin-top:8px}
summary{cursor:pointer;font-size:.88rem;color:var(--accent)}
.key{list-style:none;display:flex;flex-wrap:wrap;gap:4px 16px;margin:8px 0 0;padding:0;font-size:.82rem;color:var(--muted)}
.key.beside{position:sticky;top:0;z-index:1;grid-column:1/-1;justify-self:stretch;margin:0;padding:6px 0;background:var(--paper)}
.swatch{display:inline-block;width:1em;height:1em;border-radius:3px;vertical-align:-.12em;border:1px solid var(--line);print-color-adjust:exact}
.swatch.pale{opacity:${paleness}}
.scroll{overflow-x:auto;container-type:inline-size;max-width:100%;margin:.6em 0 1.2em;border:1px solid var(--line);border-radius:8px;${cutEdges}}
.scroll.tall{max-height:80vh;overflow-y:auto;contain-intrinsic-block-size:calc(var(--rows)*30px)}
table{border-collapse:separate;border-spacing:0;font-size:.84rem;line-height:1.35;width:100%;}
caption{position:sticky;left:0;max-width:100cqw;text-align:left;padding:9px 12px;color:var(--muted);font-size:.84rem}
th,td{padding:6px 12px;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
thead th{position:sticky;top:0;background:var(--wash);font-weight:600;white-space:nowrap;z-index:1}
thead button{all:unset;cursor:pointer;font:inherit;position:relative}
thead button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
thead button::after{content:"";position:absolute;left:100%;margin-left:2px;border:4px solid transparent}
thead button:hover::after{top:50%;border-top-color:var(--muted)}
thead [aria-sort=ascending] button::after{top:auto;bottom:45%;border-top-color:transparent;border-bottom-color:var(--accent)}
thead [aria-sort=descending] button::after{top:50%;border-top-color:var(--accent)}
.save{font:inherit;font-size:.8rem;color:var(--accent);background:none;border:1px solid var(--line);border-radius:6px;padding:3px 9px;margin:2px 6px 2px 0;cursor:pointer}
.save:hover{border-color:var(--accent)}
.facet .save{font-size:.72rem;padding:1px 7px;margin-top:4px;color:var(--muted)}
.facet .save[aria-pressed=true]{color:var(--accent);border-color:var(--accent)}
.search{display:block;font-size:.84rem;color:var(--muted);margin:.6em 0 0;scroll-margin-top:1em}
.lesser{display:block;font-size:.84rem;color:var(--muted);margin:.6em 0 0}.lesser input{margin:0 .3em 0 0;vertical-align:-.1em}
@media screen and (min-width:1500px),print{.lesser{display:none}}
@media screen and (max-width:1499px),print{section:not(:has(>.lesser :checked)) ${lesserCells}{display:none}}
.search input{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:4px 8px;width:16em;max-width:45%}
tbody th{font-weight:600}tbody th small{font-weight:400}
${numberStyle}
td,tbody th{overflow-wrap:normal}
tbody th{white-space:nowrap}
.long{display:inline-block;min-width:11em;max-width:24em;white-space:normal;overflow-wrap:anywhere}
td>.long{width:max-content}
[aria-labelledby=fits] th,[aria-labelledby=fits] td{padding:6px}[aria-labelledby=fits] tr>:last-child{padding-right:12px}[aria-labelledby=fits] tbody th{white-space:normal}[aria-labelledby=fits] thead th{white-space:normal;overflow-wrap:normal}
.remark{display:block;min-width:13.5em;margin-top:2px;color:var(--muted)}
:is([aria-labelledby=cells],[aria-labelledby=stages-of]) :is(th,td){padding-inline:6px 11px}:is([aria-labelledby=cells],[aria-labelledby=stages-of]) tr>:first-child{padding-left:12px}[aria-labelledby=cells] .remark{max-width:17em}
.prose{display:inline-block;min-width:13em;max-width:34em;white-space:normal}
tbody tr:target{background:var(--warn-back);scroll-margin-top:3em}
.none{color:var(--muted)}
.below{display:block}
.pairs{display:grid;grid-template-columns:minmax(7em,max-content) minmax(0,1fr);gap:4px 18px;font-size:.9rem;margin:0}
.pairs dt{color:var(--muted)}.pairs dd{margin:0}
footer{color:var(--muted);font-size:.85rem;padding-top:36px;padding-bottom:48px}
.runs{list-style:none;padding:0;margin:28px 0;display:grid;gap:14px}
.runs>li{border:1px solid var(--line);border-radius:10px;padding:14px 18px}
.runs h2{font-size:1.1rem;margin:0}
.runs h3{font-size:.95rem;margin:1em 0 .3em}
.runs .lead{font-size:1rem}
.devices{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26em),1fr));gap:0 36px}
.earlier{margin:.3em 0;padding-left:1.2em;font-size:.9rem}
.earlier li{margin:.4em 0}
@media (max-width:590px){.stacked table,.stacked tbody,.stacked tr,.stacked th,.stacked td{display:block}.stacked thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.stacked td,.stacked th{border:0;padding:2px 12px}.stacked tr{border-top:1px solid var(--line);padding:8px 0}.stacked caption{display:block}.trust{grid-template-columns:1fr 1fr}.trust div{padding:8px 10px}header{padding-top:22px}.answer{padding-left:14px}.pairs{grid-template-columns:minmax(0,1fr);gap:0}.pairs dd{margin-bottom:8px}}
@media print{@page{margin:14mm}.key.beside{position:static}.search,.save,.live{display:none!important}body{font-size:10.5pt}.scroll{overflow:visible;container-type:normal;max-height:none;border:0}caption{position:static;max-width:none}.scroll.tall{max-height:none}table{font-size:6.5pt}th,td{padding:2px 3px!important;min-width:0!important}td>*{min-width:0!important}td small,th small{font-size:1em}td>.long{width:auto}.scroll{background:none}header,main,footer{padding:0}thead th{position:static}table{--number-lines:normal}thead th{white-space:normal}.figures{display:block}.figures>*{margin-bottom:26px}figure{break-inside:auto}.first{display:block}.first>*{margin-bottom:16px}.facet,figcaption,.boxes li,.trust,tr{break-inside:avoid}h2,h3,summary{break-after:avoid}summary{color:inherit}pre{white-space:pre-wrap}details::details-content{content-visibility:visible;display:block}.chart{max-height:88mm}}
@media (scripting:enabled) and (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
`;

const schemes = (pairs: readonly { readonly name: string; readonly light: string; readonly dark: string }[]): string =>
  // print stays light: the dark colours are for screens only
  `:root{color-scheme:light dark;${declarations("light", pairs)}}@media screen and (prefers-color-scheme:dark){:root{${declarations("dark", pairs)}}}@media print{:root{color-scheme:light}}`;

/** Fonts of the system that have the language's letters, those of its Latin text first; and lines that break as it breaks them. */
const languageRules: Readonly<Record<Language, string>> = {
  en: "",
  zh: `body:lang(zh),.chart:lang(zh){font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif}body:lang(zh){--buttons:${buttonsPx.zh}px;line-break:strict;line-height:1.7}td:lang(zh){word-break:keep-all}.long:lang(zh),.prose:lang(zh){word-break:normal}.question:lang(zh){letter-spacing:0}.answer h2:lang(zh){letter-spacing:.2em}`,
};

/** Style sheet of a report: colours in both schemes, those of its arms included. */
export const pageStyle = (record: RunRecord, language: Language): string =>
  schemes([...pageColours, ...themeVariables(record).values()]) +
  heatSteps.map((_, i) => `.heat-${i}{background:var(--heat-${i})}`).join("") +
  stageFills.map((_, i) => `.stage-${i}{background:var(--stage-${i})}`).join("") +
  rules +
  languageRules[language];

/** Style sheet of the index, and of what else has no arms: the same page without them. */
export const indexStyle = (language: Language = "en"): string =>
  schemes([...pageColours, ...themeVariables(undefined).values()]) + rules + languageRules[language];
