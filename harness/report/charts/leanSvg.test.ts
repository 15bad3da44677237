import { describe, expect, it } from "vitest";
import { leanSvg } from "./leanSvg.ts";

describe("a drawing without what is not seen", () => {
  it("keeps every text as it is, and what is within a tag to hundredths", () => {
    expect(leanSvg('<text transform="translate(11.241686,-0.004)" opacity="1">0.123456 &lt;g&gt; opacity="1"</text>')).toBe(
      '<text transform="translate(11.24,0)">0.123456 &lt;g&gt; opacity="1"</text>',
    );
  });

  it("has no group without a reason, and closes those that have one", () => {
    expect(
      leanSvg('<g><g transform="translate(0,0)"><path d="M0,0h0v0h0Z"/><g clip-path="url(#a)"><g/><circle r="2"/></g><path d="" display="none"/></g></g>'),
    ).toBe('<g clip-path="url(#a)"><circle r="2"/></g>');
    // A background that has a colour is seen.
    expect(leanSvg('<path d="M0,0h3v2h-3Z" fill="var(--paper)"/>')).toBe('<path d="M0,0h3v2h-3Z" fill="var(--paper)"/>');
  });

  it("draws neighbouring lines that look alike as one, wherever they go", () => {
    const look = 'stroke="var(--grid)"';
    expect(
      leanSvg(
        `<line transform="translate(0,80)" x2="356" y2="0" ${look} stroke-width="1"/><line transform="translate(5,0)" x2="0" y2="4" ${look}/><line x2="3" y2="4" ${look} opacity="0.5"/>`,
      ),
    ).toBe(`<path d="M0,80h356M5,0v4" ${look}/><path d="M0,0l3,4" ${look} opacity="0.5"/>`);
  });

  it("cuts at one path where several are alike", () => {
    const clip = (id: string, width: number): string => `<clipPath id="${id}"><rect width="${width}"/></clipPath>`;
    expect(leanSvg(`<g clip-path="url(#b)"></g><g clip-path="url(#c)"></g><defs>${clip("a", 5)}${clip("b", 5)}${clip("c", 6)}</defs>`)).toBe(
      `<g clip-path="url(#a)"></g><g clip-path="url(#c)"></g><defs>${clip("a", 5)}${clip("c", 6)}</defs>`,
    );
  });
});
