import fc from "fast-check";
import { expect, test } from "vitest";
import { arrange, FRAME, freeBelow, type Nested } from "./arrange";
import { BOX, layout } from "./layout";

const laidOut = (frame: number, boxes: number[], edges: number[]): Nested => ({ frame, boxes, ...layout({ count: boxes.length, edges: Int32Array.from(edges), aspect: 1.5, height: 800 }) });
const chainOf = (boxes: number[]): number[] => boxes.slice(1).flatMap((_, i) => [i, i + 1]);

test("where nothing is open all stays where the layout put it", () => {
  const nest = laidOut(-1, [0, 1, 2, 3], [0, 1, 0, 2, 1, 3, 2, 3]);
  expect(arrange(4, [nest], () => null).positions).toEqual(nest.positions);
});

test("what is opened stays at its place, and what follows makes way by what it has grown", () => {
  const outer = laidOut(-1, [0, 1, 4], chainOf([0, 1, 4]));
  const inner = laidOut(1, [2, 3], chainOf([2, 3]));
  const { positions, sizes } = arrange(5, [outer, inner], () => null);
  const [x, y] = [positions[2] ?? 0, positions[3] ?? 0];
  expect(y).toBe(BOX.height + BOX.gapDown);
  expect(x + (sizes[2] ?? 0) / 2).toBe((positions[0] ?? 0) + BOX.width / 2);
  expect([(positions[4] ?? 0) - x, (positions[5] ?? 0) - y]).toEqual([FRAME.left, FRAME.top]);
  expect(positions[9]).toBe(y + (sizes[3] ?? 0) + BOX.gapDown);
});

test("what a hand placed in a frame moves with the frame, and the frame is as large as that needs", () => {
  const nests = [laidOut(-1, [0], []), laidOut(0, [1, 2], chainOf([1, 2]))];
  const { positions, sizes, origins } = arrange(3, nests, (box) => (box === 2 ? [500, -100] : null));
  const [ox, oy] = origins.get(0) ?? [0, 0];
  expect([positions[4], positions[5]]).toEqual([ox + 500, oy - 100]);
  expect(sizes[0]).toBe(FRAME.left + 500 + BOX.width + FRAME.right);
  expect(positions[5]).toBe((positions[1] ?? 0) + FRAME.top);
});

test("any frames in frames: boxes of one frame never overlap, and lie inside of it", () => {
  // A tree of boxes, each with the frame that it lies in, which comes before it.
  const trees = fc.array(fc.nat(), { minLength: 1, maxLength: 24 });
  fc.assert(
    fc.property(trees, (picks) => {
      const parents = picks.map((pick, i) => (i === 0 || pick % 3 === 0 ? -1 : pick % i));
      const frames = [-1, ...new Set(parents.filter((parent) => parent >= 0))];
      const nests = frames.map((frame) => {
        const boxes = parents.flatMap((parent, i) => (parent === frame ? [i] : []));
        return laidOut(frame, boxes, boxes.flatMap((box, k) => (k > 0 && box % 2 === 0 ? [k - 1, k] : [])));
      });
      const { positions, sizes } = arrange(picks.length, nests, () => null);
      const rect = (i: number): [number, number, number, number] => [positions[2 * i] ?? 0, positions[2 * i + 1] ?? 0, (positions[2 * i] ?? 0) + (sizes[2 * i] ?? 0), (positions[2 * i + 1] ?? 0) + (sizes[2 * i + 1] ?? 0)];
      parents.forEach((parent, i) => {
        const [left, top, right, bottom] = rect(i);
        parents.forEach((other, j) => {
          if (j >= i || other !== parent) return;
          const [l, t, r, b] = rect(j);
          expect(left > r - 0.5 || right < l + 0.5 || top > b - 0.5 || bottom < t + 0.5).toBe(true);
        });
        if (parent < 0) return;
        const [l, t, r, b] = rect(parent);
        expect(left >= l && top >= t + FRAME.header && right <= r && bottom <= b).toBe(true);
      });
    }),
  );
});

test("any boxes: a place below is found where none lies on another, and no further than past the last", () => {
  const place = fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -500, max: 500 }));
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 5 }), fc.array(place, { maxLength: 20 }), (places, others) => {
      const taken = others.map(([x, y]) => [x, y, x + BOX.width, y + BOX.height] as const);
      const down = freeBelow(places, taken);
      for (const [x, y] of places) for (const [left, top, right, bottom] of taken) expect(x >= right || x + BOX.width <= left || y + down >= bottom || y + down + BOX.height <= top).toBe(true);
      const lowest = taken.reduce((most, [, , , bottom]) => Math.max(most, bottom), -Infinity);
      const highest = places.reduce((least, [, y]) => Math.min(least, y), Infinity);
      expect(down).toBeLessThanOrEqual(Math.max(0, lowest + BOX.gapDown - highest));
    }),
  );
});
