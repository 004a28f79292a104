import fc from "fast-check";
import { expect, test } from "vitest";
import { BOX, layout } from "./layout";

const chain = (count: number): Int32Array => Int32Array.from({ length: 2 * (count - 1) }, (_, i) => Math.ceil(i / 2));

test("a short chain stays one column", () => {
  expect([...layout({ count: 3, edges: chain(3), aspect: 1.5, height: 800 }).cells]).toEqual([0, 0, 0, 1, 0, 2]);
});

test.each([177, 50_000])("a chain of %d folds to the window's aspect", (count) => {
  const { positions } = layout({ count, edges: chain(count), aspect: 1.5, height: 800 });
  const xs = positions.filter((_, i) => i % 2 === 0);
  const ys = positions.filter((_, i) => i % 2 === 1);
  const aspect = (xs.reduce((high, x) => Math.max(high, x)) + BOX.width) / (ys.reduce((high, y) => Math.max(high, y)) + BOX.height);
  expect(aspect).toBeGreaterThan(1);
  expect(aspect).toBeLessThan(2.25);
});

test("any graph, cycles included: boxes never overlap and the answer is the same twice", () => {
  const graphs = fc.integer({ min: 1, max: 30 }).chain((count) => fc.tuple(fc.constant(count), fc.array(fc.nat(count - 1), { maxLength: 60 })));
  fc.assert(
    fc.property(graphs, ([count, ends]) => {
      const input = { count, edges: Int32Array.from(ends.slice(0, ends.length & ~1)), aspect: 1.5, height: 800 };
      const { positions } = layout(input);
      expect(layout(input).positions).toEqual(positions);
      for (let i = 0; i < count; i += 1) {
        for (let j = 0; j < i; j += 1) {
          const dx = Math.abs((positions[2 * i] ?? NaN) - (positions[2 * j] ?? NaN));
          const dy = Math.abs((positions[2 * i + 1] ?? NaN) - (positions[2 * j + 1] ?? NaN));
          expect(dx >= BOX.width || dy >= BOX.height).toBe(true);
        }
      }
    }),
  );
});

test("boxes without a wire, and parts that no wire joins to the largest, come and go without moving it", () => {
  const chains = fc.tuple(fc.integer({ min: 6, max: 40 }), fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }));
  fc.assert(
    fc.property(chains, ([longest, others]) => {
      const counts = [longest, ...others];
      const edges: number[] = [];
      counts.reduce((first, own) => {
        for (let i = 1; i < own; i += 1) edges.push(first + i - 1, first + i);
        return first + own;
      }, 0);
      const count = counts.reduce((sum, own) => sum + own, 0);
      const alone = layout({ count: longest, edges: chain(longest), aspect: 1.5, height: 800 });
      const together = layout({ count, edges: Int32Array.from(edges), aspect: 1.5, height: 800 });
      expect(together.positions.slice(0, 2 * longest)).toEqual(alone.positions);
      const right = alone.positions.reduce((most, x, i) => (i % 2 === 0 ? Math.max(most, x) : most), -Infinity);
      for (let box = longest; box < count; box += 1) expect(together.positions[2 * box]).toBeGreaterThan(right);
    }),
  );
});
