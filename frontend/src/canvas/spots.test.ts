import { expect, test } from "vitest";
import type { Placed } from "./placed";
import { areaOf, boxAt, crossingAt, isOver, outermost, outPortAt, spotsOf, withFrames, withInside, worldOf } from "./spots";

/** A frame (0) around `a` and `b` (1, 2), `c` beside it (3), and a nested model (4) with `d` (5) and a closed frame in it (6). */
const call = { kind: "call", nodeIndex: 0, ports: [], frame: null, isOpen: false };
const frame = (id: string) => ({ ...call, kind: "group", id, path: "", isOpen: true, frame: { id, name: id, paths: [] } });
const boxes = [
  { ...frame("f"), parent: -1 },
  ...["a", "b"].map((path) => ({ ...call, id: path, path, parent: 0 })),
  { ...call, id: "c", path: "c", parent: -1 },
  { ...call, id: "m", path: "m", parent: -1, isOpen: true },
  { ...call, id: "m/d", path: "m/d", parent: 4 },
  { ...frame("g"), parent: 4, isOpen: false },
];
const placed = {
  scene: { boxes, nests: [{ frame: 0, boxes: [1, 2] }, { frame: 4, boxes: [5, 6] }] },
  positions: Float32Array.of(0, 0, 10, 50, 10, 100, 300, 0, 500, 0, 510, 50, 510, 100),
  sizes: Float32Array.of(200, 200, 100, 40, 100, 40, 100, 40, 200, 200, 100, 40, 100, 40),
  origins: new Map([[0, [10, 40]], [4, [510, 40]]]),
} as unknown as Placed;

test("a point is a box, its frame's header, or canvas", () => {
  expect([[20, 60], [20, 5], [150, 180], [20, 110]].map(([x = 0, y = 0]) => boxAt(placed, [x, y]))).toEqual([1, 0, null, 2]);
  expect([isOver(placed, 0, [150, 180]), isOver(placed, 0, [201, 180])]).toEqual([true, false]);
  expect([outPortAt(placed, [60, 92], 5), outPortAt(placed, [60, 97], 5)]).toEqual([1, null]);
  const camera = { x: 5, y: 10, scale: 2 };
  expect([worldOf(camera, 10, 80), areaOf(placed, camera, 1)]).toEqual([[10, 50], { left: 10, top: 80, right: 210, bottom: 160 }]);
});

test("who holds all of a frame holds it, and what it holds comes along", () => {
  const { scene } = placed;
  expect(outermost(scene.boxes, withFrames(scene, [1, 2, 3]))).toEqual([3, 0]);
  // Whoever holds all of a nested model's layers does not hold the model.
  expect(withFrames(scene, [5, 6])).toEqual([5, 6]);
  expect([...withInside(scene.boxes, [0])]).toEqual([0, 1, 2]);
});

test("a box goes into an open frame of its own model, and out of the one that it lies in", () => {
  const deed = (dragged: number[], at: [number, number]) => { const found = crossingAt(placed, dragged, at); return found && [found.boxes, found.frame.id, found.to, found.into]; };
  expect(deed([3], [50, 180])).toEqual([[3], "f", 0, 0]);
  expect(deed([1, 3], [50, 180])).toEqual([[3], "f", 0, 0]);
  expect(deed([1], [400, 400])).toEqual([[1], "f", -1, -1]);
  expect([deed([1], [50, 180]), deed([5], [50, 180]), deed([5], [520, 110]), deed([0], [50, 180]), deed([], [0, 0])]).toEqual([null, null, null, null, null]);
  // The document keeps a place from the corner of what a box will lie in.
  expect(spotsOf(placed, [[3, [60, 90]]], crossingAt(placed, [3], [50, 180])).layers.get("c")).toEqual([50, 50, "f"]);
  expect(spotsOf(placed, [[3, [60, 90]]]).layers.get("c")).toEqual([60, 90]);
});
