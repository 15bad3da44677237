import { describe, expect, it } from "vitest";
import { inSteps, nearest, type Point, stepped } from "./steps.ts";

const point = (series: string, x: number, y: number): Point => ({ series, tip: [series, String(x)], x, y, halfWidth: 3, halfHeight: 3 });
const points = inSteps([point("a", 30, 10), point("b", 12, 50), point("a", 10, 20), point("b", 31, 40), point("a", 50, 5)]);
const at = (place: number): string => `${points[place]?.series}${points[place]?.x}`;

describe("stepping through a chart", () => {
  it("goes along a series and stays at its ends", () => {
    expect(points.map((_, place) => at(place))).toEqual(["a10", "a30", "a50", "b12", "b31"]);
    expect(at(stepped(points, 0, "ArrowRight"))).toBe("a30");
    expect(at(stepped(points, 0, "ArrowLeft"))).toBe("a10");
    expect(at(stepped(points, 2, "ArrowRight"))).toBe("a50");
    expect(at(stepped(points, 3, "Home"))).toBe("a10");
    expect(at(stepped(points, 0, "End"))).toBe("b31");
  });

  it("goes to what is nearest in the series before or after", () => {
    expect(at(stepped(points, 2, "ArrowDown"))).toBe("b31");
    expect(at(stepped(points, 3, "ArrowUp"))).toBe("a10");
    expect(at(stepped(points, 0, "ArrowUp"))).toBe("a10");
  });

  it("begins at the first point where it was at none, and nowhere where there is none", () => {
    expect(stepped(points, -1, "ArrowRight")).toBe(0);
    expect(stepped([], -1, "ArrowRight")).toBe(-1);
  });
});

describe("the point of a pointer", () => {
  it("is the nearest by its edge, and none too far away", () => {
    expect(at(nearest(points, 13, 44, 10))).toBe("b12");
    expect(nearest(points, 100, 100, 10)).toBe(-1);
    const cells: readonly Point[] = [
      { ...point("row", 20, 20), halfWidth: 20, halfHeight: 10 },
      { ...point("row", 60, 20), halfWidth: 20, halfHeight: 10 },
    ];
    expect(nearest(cells, 42, 20, 5)).toBe(1);
  });
});
