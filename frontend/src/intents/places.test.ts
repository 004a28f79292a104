import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apply, fromJson, reverse, toJson } from "../document";
import { aligned, distributed, isGroupPinned, isPinned, pin, tidy, unpin, type Axis, type Rect, type Side } from "./places";
import { moveGroups, type Spot } from "./view";

const rect = fc.record({ x: fc.integer({ min: -999, max: 999 }), y: fc.integer({ min: -999, max: 999 }), width: fc.integer({ min: 1, max: 400 }), height: fc.integer({ min: 1, max: 400 }) });
const rects = fc.array(rect, { minLength: 2, maxLength: 9 }).map((all) => new Map(all.map((box, i) => [`box ${i}`, box])));
const SIDES: readonly Side[] = ["left", "centre", "right", "top", "middle", "bottom"];

function put(boxes: ReadonlyMap<string, Rect>, corners: ReadonlyMap<string, readonly [number, number]>): Map<string, Rect> {
  return new Map([...boxes].map(([id, box]) => { const [x, y] = corners.get(id) ?? [NaN, NaN]; return [id, { ...box, x, y }]; }));
}

describe("any boxes", () => {
  test.each(SIDES)("aligned by %s stand in a line, once and for all, and move along one axis only", (side) => {
    fc.assert(fc.property(rects, (boxes) => {
      const after = put(boxes, aligned(boxes, side));
      const isAcross = ["left", "centre", "right"].includes(side);
      const share = { left: 0, top: 0, centre: 0.5, middle: 0.5, right: 1, bottom: 1 }[side];
      const lines = [...after.values()].map((box) => (isAcross ? box.x + share * box.width : box.y + share * box.height));
      for (const line of lines) expect(line).toBeCloseTo(lines[0] ?? NaN, 6);
      for (const [id, box] of after) expect(isAcross ? box.y : box.x).toBe(isAcross ? boxes.get(id)?.y : boxes.get(id)?.x);
      for (const [id, [x, y]] of aligned(after, side)) {
        expect(x).toBeCloseTo(after.get(id)?.x ?? NaN, 6);
        expect(y).toBeCloseTo(after.get(id)?.y ?? NaN, 6);
      }
    }));
  });

  test.each(["across", "down"] as const)("distributed %s have equal gaps, their order, and the same two ends", (axis: Axis) => {
    fc.assert(fc.property(rects, (boxes) => {
      const [start, length] = axis === "across" ? (["x", "width"] as const) : (["y", "height"] as const);
      const middle = (box: Rect): number => box[start] + box[length] / 2;
      const order = [...boxes].sort(([, a], [, b]) => middle(a) - middle(b)).map(([id]) => id);
      const after = put(boxes, distributed(boxes, axis));
      const gaps = order.slice(1).map((id, i) => { const [before, next] = [after.get(order[i] ?? ""), after.get(id)]; return before && next ? next[start] - before[start] - before[length] : NaN; });
      for (const gap of gaps) expect(gap).toBeCloseTo(gaps[0] ?? NaN, 6);
      for (const id of [order[0] ?? "", order.at(-1) ?? ""]) expect(after.get(id)?.[start]).toBeCloseTo(boxes.get(id)?.[start] ?? NaN, 6);
    }));
  });
});

test("any places and pins: tidying takes what is placed and not pinned, is undone whole, and does nothing twice", () => {
  const names = fc.subarray(["a", "b/c", "d~1e", "f"]);
  const spot = fc.constantFrom<Spot>([1, 2], [3, 4, "frame 1"]);
  fc.assert(fc.property(names, names, names, spot, (layers, pinned, loosened, at) => {
    const document = fromJson({ layerwright: 1, model: null, view: { positions: {}, groups: {}, notes: { a: "kept" } } });
    const spots = (paths: readonly string[]): Map<string, Spot> => new Map(paths.map((path) => [path, at]));
    apply(document, moveGroups(document, spots(layers), spots(layers)));
    apply(document, pin(document, spots(pinned), spots(pinned)));
    apply(document, unpin(document, loosened, loosened));
    const before = toJson(document);
    const diff = tidy(document, "all");
    apply(document, diff);
    const stays = pinned.filter((path) => !loosened.includes(path));
    expect([...document.records.keys()].filter((key) => key.startsWith("view/positions/")).sort()).toEqual(stays.map((path) => `view/positions/${path}`).sort());
    for (const path of stays) expect([isPinned(document, path), isGroupPinned(document, path)]).toEqual([true, true]);
    expect(tidy(document, "all")).toEqual({ added: {}, updated: {}, removed: {} });
    apply(document, reverse(diff));
    expect(toJson(document)).toEqual(before);
  }));
});

test("tidying a selection leaves the rest where the hand put it", () => {
  const document = fromJson({ layerwright: 1, model: null, view: { positions: { a: [1, 2], b: [3, 4] }, groups: { g: { at: [5, 6] }, h: { at: [7, 8] } } } });
  apply(document, tidy(document, { layers: ["a"], groups: ["h"] }));
  expect(toJson(document).view).toMatchObject({ positions: { b: [3, 4] }, groups: { g: { at: [5, 6] } } });
});
