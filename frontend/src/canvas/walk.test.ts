import { expect, test } from "vitest";
import { nextAlong, nextInOrder } from "./walk";
import type { Box, Scene } from "./scene";

// in → frame { a → b } → out, and a wire that skips from in to out.
const scene = {
  boxes: [[-1, false], [-1, true], [1, false], [1, false], [-1, false]].map(([parent, isOpen]) => ({ parent, isOpen }) as unknown as Box),
  edges: Int32Array.of(0, 1, 1, 2, 2, 3, 3, 1, 1, 4, 0, 4),
} as unknown as Scene; // all that a walk asks for

test("arrows lead along wires, into frames and out of them", () => {
  expect([0, 2, 3, 4].map((at) => nextAlong(scene, at, "ArrowDown"))).toEqual([4, 3, 4, null]);
  expect([4, 3, 2, 0].map((at) => nextAlong(scene, at, "ArrowUp"))).toEqual([0, 2, 0, null]);
});

test("left and right are the order of the model, without frames", () => {
  expect([0, 2, 3, 4].map((at) => nextInOrder(scene, at, 1))).toEqual([2, 3, 4, null]);
  expect(nextAlong(scene, 2, "ArrowLeft")).toBe(0);
});
