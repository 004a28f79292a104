import { BOX, type LayoutResult } from "./layout";

/** The inside of an open frame; -1 is the whole graph. */
export interface Nested extends LayoutResult {
  readonly frame: number;
  readonly boxes: readonly number[];
}
export interface Arrangement {
  /** x and y of each box's top left corner, of all frames in one measure. */
  readonly positions: Float32Array;
  /** Width and height of each. */
  readonly sizes: Float32Array;
  /** Column and row of each in what it lies in. */
  readonly cells: Int32Array;
  /** Of each frame: where the measure of what lies in it begins. */
  readonly origins: ReadonlyMap<number, Pin>;
}
export type Pin = readonly [x: number, y: number];

/** What a frame keeps free about its boxes. Wires that skip rows run left of them. */
export const FRAME = { left: 72, top: 84, right: 40, bottom: 44, header: 36 } as const;

/**
 * Puts boxes of one size, laid out by themselves, together: a frame takes the room that its inside needs, and what is
 * beside or below it makes way. Where nothing is open all stays where the layout put it.
 *
 * `pinOf` says where a hand put a box, in the measure of what it lies in.
 */
export function arrange(count: number, nests: readonly Nested[], pinOf: (box: number) => Pin | null): Arrangement {
  const sizes = new Float32Array(2 * count);
  for (let box = 0; box < count; box += 1) sizes.set([BOX.width, BOX.height], 2 * box);
  const cells = new Int32Array(2 * count);
  const local = new Float32Array(2 * count);
  const origins = new Map<number, Pin>([[-1, [0, 0]]]);
  // A frame has a smaller number than what lies in it, so that sizes are known from the inside out.
  for (const nest of nests.toSorted((a, b) => b.frame - a.frame)) {
    const spread = spreadOut(nest, sizes);
    let [right, bottom, left, top] = [0, 0, 0, 0];
    nest.boxes.forEach((box, k) => {
      const pin = pinOf(box);
      const [x, y] = pin ?? [at(spread, 2 * k), at(spread, 2 * k + 1)];
      local.set([x, y], 2 * box);
      cells.set([nest.cells[2 * k] ?? 0, nest.cells[2 * k + 1] ?? 0], 2 * box);
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x + at(sizes, 2 * box)), Math.max(bottom, y + at(sizes, 2 * box + 1))];
    });
    if (nest.frame < 0) continue;
    origins.set(nest.frame, [FRAME.left - left, FRAME.top - top]);
    sizes.set([right - left + FRAME.left + FRAME.right, bottom - top + FRAME.top + FRAME.bottom], 2 * nest.frame);
    for (const box of nest.boxes) local.set([at(local, 2 * box) - left + FRAME.left, at(local, 2 * box + 1) - top + FRAME.top], 2 * box);
  }
  for (const nest of nests.toSorted((a, b) => a.frame - b.frame)) {
    if (nest.frame < 0) continue;
    const [x, y] = origins.get(nest.frame) ?? [0, 0];
    origins.set(nest.frame, [x + at(local, 2 * nest.frame), y + at(local, 2 * nest.frame + 1)]);
    for (const box of nest.boxes) local.set([at(local, 2 * box) + at(local, 2 * nest.frame), at(local, 2 * box + 1) + at(local, 2 * nest.frame + 1)], 2 * box);
  }
  return { positions: local, sizes, cells, origins };
}

/** The positions of one nest with room made for what has grown; its middle stays below the box that it was. */
function spreadOut({ boxes, positions, cells }: Nested, sizes: Float32Array): Float32Array {
  const isGrown = (box: number): boolean => at(sizes, 2 * box) !== BOX.width || at(sizes, 2 * box + 1) !== BOX.height;
  if (!boxes.some(isGrown)) return positions;
  const spread = positions.slice();
  const columns: number[][][] = [];
  boxes.forEach((_, k) => ((columns[cells[2 * k] ?? 0] ??= [])[cells[2 * k + 1] ?? 0] ??= []).push(k));
  // The first column grows to both sides, so that the graph's own measure, in which hands place boxes, stays.
  let edge: number | null = null;
  for (const column of columns) {
    let y = 0;
    let [low, high] = [Infinity, -Infinity];
    for (const row of column ?? []) {
      const places = [...(row ?? [])].sort((a, b) => at(positions, 2 * a) - at(positions, 2 * b));
      const lefts = makeWay(places.map((k) => at(positions, 2 * k)), places.map((k) => at(sizes, 2 * (boxes[k] ?? 0))));
      let tallest: number = BOX.height;
      places.forEach((k, n) => {
        const width = at(sizes, 2 * (boxes[k] ?? 0));
        const left = lefts[n] ?? 0;
        spread.set([left, y], 2 * k);
        [low, high] = [Math.min(low, left), Math.max(high, left + width)];
        tallest = Math.max(tallest, at(sizes, 2 * (boxes[k] ?? 0) + 1));
      });
      y += tallest + BOX.gapDown;
    }
    if (low === Infinity) continue;
    edge ??= low;
    for (const row of column ?? []) for (const k of row ?? []) spread[2 * k] = at(spread, 2 * k) - low + edge;
    edge += high - low + BOX.gutter;
  }
  return spread;
}

/** The left sides of a row's boxes when each has its width: middles stay, as far as boxes do not meet. */
function makeWay(lefts: readonly number[], widths: readonly number[]): number[] {
  const wanted = lefts.map((left, n) => left + (BOX.width - (widths[n] ?? 0)) / 2);
  const placed: number[] = [];
  wanted.forEach((left, n) => placed.push(n === 0 ? left : Math.max(left, (placed[n - 1] ?? 0) + (widths[n - 1] ?? 0) + BOX.gapAcross)));
  const shift = placed.reduce((sum, left, n) => sum + left - (wanted[n] ?? 0), 0) / Math.max(1, placed.length);
  return placed.map((left) => left - shift);
}

function at(array: Float32Array, i: number): number {
  return array[i] ?? 0;
}

/** How far boxes of one size at these places must go down to lie on none of the taken rectangles, with air about them. */
export function freeBelow(places: readonly Pin[], taken: readonly (readonly [left: number, top: number, right: number, bottom: number])[]): number {
  const air = BOX.gapAcross / 2;
  let down = 0;
  // Each step puts one box below one rectangle, so it ends.
  for (;;) {
    let next = down;
    for (const [x, y] of places) {
      for (const [left, top, right, bottom] of taken) {
        if (x < right + air && x + BOX.width > left - air && y + down < bottom + air && y + down + BOX.height > top - air) next = Math.max(next, bottom + BOX.gapDown - y);
      }
    }
    if (next === down) return down;
    down = next;
  }
}
