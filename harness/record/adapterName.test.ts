import { expect, test } from "vitest";
import { adapterName } from "./adapterName.ts";

test("a GPU is called by its device, then by its driver; an emulation by the driver alone", () => {
  expect(adapterName({ device: "nvidia-h100-80gb-hbm3", description: "NVIDIA: 580.159.04 580.159.4.0" }, false)).toBe(
    "nvidia-h100-80gb-hbm3 (NVIDIA: 580.159.04 580.159.4.0)",
  );
  expect(adapterName({ device: "llvmpipe-llvm-15", description: "llvmpipe: Mesa 25.0.7" }, true)).toBe("llvmpipe: Mesa 25.0.7");
});

test("what is empty or said twice is left out", () => {
  expect(adapterName({ device: "", description: "Apple M3" }, false)).toBe("Apple M3");
  expect(adapterName({ device: "Apple M3", description: "" }, false)).toBe("Apple M3");
  expect(adapterName({ device: "M3", description: "Apple M3" }, false)).toBe("Apple M3");
});
