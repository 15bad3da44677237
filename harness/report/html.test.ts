import { describe, expect, it } from "vitest";
import { html, printable, raw, scriptJson, shortened } from "./html.ts";

describe("html", () => {
  it("escapes values, joins arrays, drops what is undefined or false and keeps markup of its own", () => {
    const rows = ["<b>", 'a"b'].map((text) => html`<li title="${text}">${text}</li>`);
    expect(html`<ul>${rows}${undefined}${false}${3}${raw("<hr>")}</ul>`.markup).toBe(
      '<ul><li title="&lt;b&gt;">&lt;b&gt;</li><li title="a&quot;b">a&quot;b</li>3<hr></ul>',
    );
  });

  it("replaces what could turn the direction of text or is no text", () => {
    expect(printable("a\u202eb\u0000c\ud800d\u2066")).toBe("a\ufffdb\ufffdc\ufffdd\ufffd");
    expect(printable("שלום 😀\n\t")).toBe("שלום 😀\n\t");
  });

  it("writes JSON that cannot leave its script element", () => {
    const value = { text: "</script><!-- & \u2028" };
    expect(scriptJson(value)).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(scriptJson(value))).toEqual(value);
  });

  it("shortens by whole characters", () => {
    expect(shortened("😀😀😀😀", 3)).toBe("😀😀…");
    expect(shortened("abc", 3)).toBe("abc");
  });
});
