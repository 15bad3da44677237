import { describe, expect, it } from "vitest";
import { leanSvg } from "./leanSvg.ts";

describe("a drawing without what is not seen", () => {
  it("keeps every text as it is, and what is within a tag to hundredths", () => {
    expect(leanSvg('<text transform="translate(11.241686,-0.004)" opacity="1">0.123456 &lt;g&gt; opacity="1"</text>')).toBe(
      '<text x="11.24" y="0">0.123456 &lt;g&gt; opacity="1"</text>',
    );
  });

  it("has no text that is not seen", () => {
    const text = (opacity: string): string => `<text font-size="11px" opacity="${opacity}"><tspan>1</tspan><tspan>of n</tspan></text>`;
    expect(leanSvg(`${text("0.5")}${text("0")}${text("0")}${text("0.5")}`)).toBe(`${text("0.5")}${text("0.5")}`);
  });

  it("says once how neighbouring texts look", () => {
    const text = (x: number, look: string, words: string): string => `<text text-anchor="end" transform="translate(${x},0)"${look}>${words}</text>`;
    const placed = (x: number, look: string, words: string): string => `<text x="${x}" y="0" text-anchor="end"${look}>${words}</text>`;
    const [small, seeThrough] = [' font-size="11px" fill="var(--muted)"', ' font-size="11px" opacity="0.5"'];
    const tick = '<tspan>1</tspan><tspan x="0" dy="13.5">of n</tspan>';
    expect(leanSvg([text(1, small, "a"), text(2, small, tick), text(3, seeThrough, "c"), text(4, seeThrough, "d"), text(5, small, "e")].join(""))).toBe(
      `<g text-anchor="end"${small}><text x="1" y="0">a</text><text transform="translate(2,0)">${tick}</text></g>` +
        `${placed(3, seeThrough, "c")}${placed(4, seeThrough, "d")}${placed(5, small, "e")}`,
    );
  });

  it("has no group without a reason, and closes those that have one", () => {
    expect(
      leanSvg('<g><g transform="translate(0,0)"><path d="M0,0h0v0h0Z"/><g clip-path="url(#a)"><g/><circle r="2"/></g><path d="" display="none"/></g></g>'),
    ).toBe('<g clip-path="url(#a)"><circle r="2"/></g>');
    // A background that has a colour is seen.
    expect(leanSvg('<path d="M0,0h3v2h-3Z" fill="var(--paper)"/>')).toBe('<path d="m0,0h3v2h-3z" fill="var(--paper)"/>');
  });

  it("says once at which path neighbours are cut, and no more than neighbours", () => {
    const group = (clip: string, inner: string): string => `<g clip-path="url(#${clip})">${inner}</g>`;
    const [dot, other] = ['<circle r="2"/>', "<text>a</text>"];
    expect(leanSvg(`<g>${group("a", dot)}${group("a", dot)}</g>${group("b", dot)}${other}${group("b", dot)}`)).toBe(
      `${group("a", dot + dot)}${group("b", dot)}${other}${group("b", dot)}`,
    );
  });

  it("draws rectangles side by side by their colours, and those that lie on each other one by one", () => {
    const box = (left: number, colour: number): string => `<path d="M${left},0h2v2h-2Z" fill="var(--heat-${colour})" fill-opacity="1" stroke="var(--paper)"/>`;
    const boxes = (path: string, colour: number): string => `<path d="${path}" fill="var(--heat-${colour})" stroke="var(--paper)"/>`;
    expect(leanSvg(`${box(0, 1)}${box(2, 2)}${box(4, 1)}`)).toBe(`${boxes("m0,0h2v2h-2zm4,0h2v2h-2z", 1)}${boxes("m2,0h2v2h-2z", 2)}`);
    expect(leanSvg(`${box(0, 1)}${box(2, 2)}${box(3, 1)}`)).toBe(`${boxes("m0,0h2v2h-2z", 1)}${boxes("m2,0h2v2h-2z", 2)}${boxes("m3,0h2v2h-2z", 1)}`);
  });

  it("draws neighbouring lines that look alike as one, wherever they go", () => {
    const look = 'stroke="var(--grid)"';
    expect(
      leanSvg(
        `<line transform="translate(0,80)" x2="356" y2="0" ${look} stroke-width="1"/><line transform="translate(5,0)" x2="0" y2="4" ${look}/><line x2="3" y2="4" ${look} opacity="0.5"/>`,
      ),
    ).toBe(`<path d="m0,80h356m-351-80v4" ${look}/><path d="m0,0 3,4" ${look} opacity="0.5"/>`);
  });

  it("draws neighbouring symbols that look alike as one, where nothing is seen through them", () => {
    const symbol = (x: number, look: string): string => `<path transform="translate(${x},5)" d="M-1,-1h2v2h-2Z"${look}/>`;
    const [full, through] = [' fill="var(--arm-0)"', ' fill="var(--arm-0)" opacity="0.7"'];
    expect(leanSvg([symbol(1, full), symbol(2, full), symbol(3, through), symbol(4, through), symbol(5, full)].join(""))).toBe(
      `<path d="m0,4h2v2h-2zm1,0h2v2h-2z"${full}/><path d="m2,4h2v2h-2z"${through}/><path d="m3,4h2v2h-2z"${through}/><path d="m4,4h2v2h-2z"${full}/>`,
    );
  });

  it("cuts at one path where several are alike", () => {
    const clip = (id: string, width: number): string => `<clipPath id="${id}"><rect width="${width}"/></clipPath>`;
    expect(leanSvg(`<g clip-path="url(#b)"></g><g clip-path="url(#c)"></g><defs>${clip("a", 5)}${clip("b", 5)}${clip("c", 6)}</defs>`)).toBe(
      `<g clip-path="url(#a)"></g><g clip-path="url(#c)"></g><defs>${clip("a", 5)}${clip("c", 6)}</defs>`,
    );
  });
});
