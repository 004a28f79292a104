import { expect, test } from "vitest";
import { bounds, fitted } from "./minimap";

test("the map shows all boxes in its middle, with air about them", () => {
  const world = bounds({ positions: Float32Array.of(0, 0, 776, 28), sizes: Float32Array.of(224, 72, 224, 72) });
  expect(world).toEqual({ left: 0, top: 0, right: 1000, bottom: 100 });
  const { scale, left, top } = fitted(world);
  expect((0 - left) * scale).toBeCloseTo(8);
  expect((1000 - left) * scale).toBeCloseTo(152);
  expect((50 - top) * scale).toBeCloseTo(54);
});
