import { expect, it } from "vitest";
import { relativePath } from "./relativePath.ts";

it.each([
  ["M3.39,0A3.39,3.39,0,1,1,-3.39,0A3.39,3.39,0,1,1,3.39,0", "m3.39,0a3.39,3.39,0,1,1,-6.78,0a3.39,3.39,0,1,1,6.78,0"],
  ["M0,-2.94L-3.39,2.94L3.39,2.94Z", "m0,-2.94l-3.39,5.88l6.78,0z"],
  ["M-3.39,-3.39h6.78v6.78h-6.78Z", "m-3.39,-3.39h6.78v6.78h-6.78z"],
  // A second part begins from where the first one began, once that is closed.
  ["M1,1h2ZM5,5v1", "m1,1h2zm4,4v1"],
])("%s goes from anywhere", (path, relative) => {
  expect(relativePath(path)).toBe(relative);
});

it.each(["M0,0C1,1,2,2,3,3", "M0,0L1", "M0,0L1,x", "m1,1h2"])("%s is left as it is", (path) => {
  expect(relativePath(path)).toBeUndefined();
});
