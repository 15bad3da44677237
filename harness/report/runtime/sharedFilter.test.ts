import { expect, it } from "vitest";
import { filterHash, filterIn } from "./sharedFilter.ts";

it("a filter is what its address says, whatever was typed", () => {
  for (const asked of ["4096", "softmax 1,024", "ℕ & = # + %41 </script>", "  "]) {
    const hash = filterHash({ table: "cells.1", asked });
    expect(hash).toMatch(/^#rows=cells\.1&words=[\w%*.+-]*$/);
    expect(filterIn(hash)).toEqual({ table: "cells.1", asked });
  }
  for (const hash of ["", "#cells", "#cell-a", "#rows=cells", "#%"]) expect(filterIn(hash)).toBeUndefined();
});
