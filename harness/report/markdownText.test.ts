import { describe, expect, it } from "vitest";
import { markdownText } from "./markdownText.ts";

/** As a reader sees it: escapes taken back. */
const seen = (markdown: string): string =>
  markdown
    .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    .replaceAll("&#8203;", "")
    .replaceAll("&lt;", "<")
    .replaceAll("&amp;", "&");

describe("text in Markdown", () => {
  it("is what was given, on one line, and no markup", () => {
    const text = "a | b `c` *d* _e_ [f](g) ![h](i) <b>&lt;j&gt; {k} ~l~ $m$ \\n C# 5 & 6";
    expect(seen(markdownText(text))).toBe(text);
    expect(markdownText(text).replace(/\\[!-/:-@[-`{-~]/g, "")).not.toMatch(/[|`*_[\]<>{}~$\\]/);
    expect(markdownText("a\n\n# b\r\n- c\td")).toBe("a \\# b - c d");
  });

  it("mentions, links and refers to nothing, also where entities and escapes are read", () => {
    expect(markdownText("@org/team a@b.example &commat;c &#64;d")).toBe("@&#8203;org/team a@&#8203;b.example &amp;commat;c &amp;\\#&#8203;64;d");
    expect(markdownText("https://x.example www.x.example")).toBe("https:&#8203;//x.example www&#8203;.x.example");
    expect(markdownText("#12 org/repo#3 gh-4 C#")).toBe("\\#&#8203;12 org/repo\\#&#8203;3 gh-&#8203;4 C\\#");
  });

  it("turns no direction and moves no cursor", () => {
    expect(markdownText("a\u202eb\u200fc\u061cd\u001b[31me\u0007")).toBe("a\ufffdb\ufffdc\ufffdd\ufffd\\[31me\ufffd");
  });
});
