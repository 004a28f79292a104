/** Boxes of one size and the wires between them; `edges` holds pairs of box numbers, from and to. */
export interface LayoutInput {
  readonly count: number;
  readonly edges: Int32Array;
  /** Width by height of the window: long chains fold into columns to fill it. */
  readonly aspect: number;
  /** The window's height in pixels: what can be read unfolded stays one column. */
  readonly height: number;
}
export interface LayoutResult {
  /** x and y of each box's top left corner. */
  readonly positions: Float32Array;
  /** Column and row of each box: a wire within a column and to the next row is drawn straight. */
  readonly cells: Int32Array;
}

export const BOX = { width: 224, height: 72, gapDown: 44, gapAcross: 32, gutter: 192 } as const;

const SWEEPS = 4;
// Below it text is smaller than nine pixels.
const READABLE_SCALE = 0.8;

/**
 * Longest-path rows, a few barycentre sweeps, then rows folded into columns. Linear but for the sorting of rows.
 *
 * Parts that no wire joins stand beside each other, the largest first, boxes without a wire last: one that comes or goes
 * moves nothing before it.
 */
export function layout(input: LayoutInput): LayoutResult {
  const { count, edges } = input;
  const parts = partsOf(count, edges);
  if (parts.length <= 1) return layoutWired(input);
  const [positions, cells] = [new Float32Array(2 * count), new Int32Array(2 * count)];
  const place = new Int32Array(count);
  const partOf = new Int32Array(count);
  parts.forEach((boxes, part) => { boxes.forEach((box, i) => { place[box] = i; partOf[box] = part; }); });
  const edgesOf: number[][] = parts.map(() => []);
  for (let e = 0; e < edges.length; e += 2) edgesOf[at(partOf, at(edges, e))]?.push(at(place, at(edges, e)), at(place, at(edges, e + 1)));
  let [left, bottom, columns] = [0, 0, 0];
  const singles: number[] = [];
  parts.forEach((boxes, part) => {
    const [single] = boxes;
    if (boxes.length === 1 && single !== undefined) {
      singles.push(single);
      return;
    }
    const inner = layoutWired({ ...input, count: boxes.length, edges: Int32Array.from(edgesOf[part] ?? []) });
    const xs = inner.positions.filter((_, i) => i % 2 === 0);
    const shift = part === 0 ? 0 : left - xs.reduce((low, x) => Math.min(low, x), Infinity);
    let next = columns;
    boxes.forEach((box, i) => {
      const [x, y] = [at(inner.positions, 2 * i) + shift, at(inner.positions, 2 * i + 1)];
      const column = columns + at(inner.cells, 2 * i);
      positions.set([x, y], 2 * box);
      cells.set([column, at(inner.cells, 2 * i + 1)], 2 * box);
      [left, bottom, next] = [Math.max(part === 0 && i === 0 ? -Infinity : left, x + BOX.width + BOX.gutter), Math.max(bottom, y + BOX.height), Math.max(next, column + 1)];
    });
    columns = next;
  });
  const step = BOX.height + BOX.gapDown;
  const rows = Math.max(Math.floor((bottom + BOX.gapDown) / step), Math.ceil(Math.sqrt(singles.length)));
  singles.forEach((box, i) => {
    const [column, row] = [Math.floor(i / rows), i % rows];
    positions.set([left + column * (BOX.width + BOX.gutter), row * step], 2 * box);
    cells.set([columns + column, row], 2 * box);
  });
  return { positions, cells };
}

/** The boxes that wires join, the largest part first, else in the order of their first boxes. */
function partsOf(count: number, edges: Int32Array): number[][] {
  const roots = Int32Array.from({ length: count }, (_, i) => i);
  const rootOf = (box: number): number => {
    let root = box;
    while (at(roots, root) !== root) root = at(roots, root);
    for (let i = box; i !== root; ) [roots[i], i] = [root, at(roots, i)];
    return root;
  };
  for (let e = 0; e < edges.length; e += 2) {
    const [one, other] = [rootOf(at(edges, e)), rootOf(at(edges, e + 1))];
    roots[Math.max(one, other)] = Math.min(one, other);
  }
  const parts = new Map<number, number[]>();
  for (let i = 0; i < count; i += 1) {
    const part = parts.get(rootOf(i));
    if (part) part.push(i);
    else parts.set(rootOf(i), [i]);
  }
  const all = [...parts.values()];
  const largest = all.reduce<readonly number[]>((best, part) => (part.length > best.length ? part : best), []);
  return [...all.filter((part) => part === largest), ...all.filter((part) => part !== largest)];
}

function layoutWired({ count, edges, aspect, height }: LayoutInput): LayoutResult {
  const successors = adjacency(count, edges, 0);
  const predecessors = adjacency(count, edges, 1);
  const rowOf = longestPath(count, successors, predecessors);
  const rows: number[][] = [];
  for (let i = 0; i < count; i += 1) (rows[rowOf[i] ?? 0] ??= []).push(i);
  const x = orderRows(count, rows, successors, predecessors);
  return fold(count, rows, x, aspect, height);
}

interface Adjacency {
  readonly start: Int32Array;
  readonly items: Int32Array;
}

function adjacency(count: number, edges: Int32Array, side: 0 | 1): Adjacency {
  const start = new Int32Array(count + 1);
  for (let e = side; e < edges.length; e += 2) start[at(edges, e) + 1] = at(start, at(edges, e) + 1) + 1;
  for (let i = 0; i < count; i += 1) start[i + 1] = at(start, i + 1) + at(start, i);
  const fill = start.slice();
  const items = new Int32Array(edges.length / 2);
  for (let e = side; e < edges.length; e += 2) {
    const i = at(edges, e);
    items[at(fill, i)] = at(edges, e ^ 1);
    fill[i] = at(fill, i) + 1;
  }
  return { start, items };
}

/** The row of each box. In a cycle the box that came first is taken as the cycle's beginning. */
function longestPath(count: number, successors: Adjacency, predecessors: Adjacency): Int32Array {
  const row = new Int32Array(count);
  const waiting = new Int32Array(count);
  const isDone = new Uint8Array(count);
  const ready: number[] = [];
  for (let i = 0; i < count; i += 1) {
    waiting[i] = at(predecessors.start, i + 1) - at(predecessors.start, i);
    if (waiting[i] === 0) ready.push(i);
  }
  for (let head = 0, next = 0; head < count; head += 1) {
    if (head === ready.length) {
      while (isDone[next] === 1 || (at(waiting, next) <= 0)) next += 1;
      waiting[next] = 0;
      ready.push(next);
    }
    const i = ready[head] ?? 0;
    isDone[i] = 1;
    for (let k = at(successors.start, i); k < at(successors.start, i + 1); k += 1) {
      const j = at(successors.items, k);
      if (isDone[j] === 1 || at(waiting, j) <= 0) continue;
      row[j] = Math.max(at(row, j), at(row, i) + 1);
      waiting[j] = at(waiting, j) - 1;
      if (waiting[j] === 0) ready.push(j);
    }
  }
  return row;
}

/** The x of each box's left side, its row's boxes near their neighbours and apart from each other. */
function orderRows(count: number, rows: number[][], successors: Adjacency, predecessors: Adjacency): Float32Array {
  const x = new Float32Array(count);
  const wish = new Float32Array(count);
  const step = BOX.width + BOX.gapAcross;
  for (const row of rows) row.forEach((i, k) => (x[i] = (k - (row.length - 1) / 2) * step));
  const place = (row: number[], near: Adjacency): void => {
    for (const i of row) wish[i] = mean(x, near, i);
    // The sort is stable: boxes that wish the same place keep the order of the file.
    row.sort((a, b) => at(wish, a) - at(wish, b));
    let shift = 0;
    row.forEach((i, k) => (x[i] = k === 0 ? at(wish, i) : Math.max(at(wish, i), at(x, row[k - 1] ?? 0) + step)));
    for (const i of row) shift += at(x, i) - at(wish, i);
    shift /= row.length;
    for (const i of row) x[i] = at(x, i) - shift;
  };
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (let r = 1; r < rows.length; r += 1) place(rows[r] ?? [], predecessors);
    if (sweep < SWEEPS - 1) for (let r = rows.length - 2; r >= 0; r -= 1) place(rows[r] ?? [], successors);
  }
  return x;
}

function mean(x: Float32Array, near: Adjacency, i: number): number {
  const [from, to] = [at(near.start, i), at(near.start, i + 1)];
  if (from === to) return at(x, i);
  let sum = 0;
  for (let k = from; k < to; k += 1) sum += at(x, at(near.items, k));
  return sum / (to - from);
}

function fold(count: number, rows: readonly (readonly number[])[], x: Float32Array, aspect: number, height: number): LayoutResult {
  const positions = new Float32Array(2 * count);
  const cells = new Int32Array(2 * count);
  const step = BOX.height + BOX.gapDown;
  const span = (column: readonly (readonly number[])[]): [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    for (const row of column) for (const i of row) [low, high] = [Math.min(low, at(x, i)), Math.max(high, at(x, i))];
    return [low, high + BOX.width];
  };
  const cut = (columns: number): (readonly (readonly number[])[])[] => {
    const size = Math.ceil(rows.length / columns);
    return Array.from({ length: Math.ceil(rows.length / size) }, (_, c) => rows.slice(c * size, (c + 1) * size));
  };
  let columns = cut(1);
  let best = Infinity;
  const canBeRead = height / (rows.length * step) >= READABLE_SCALE;
  for (let n = 1, tooWide = 0; n <= rows.length && tooWide < 1; n += 1) {
    const tried = cut(n);
    const width = tried.reduce((sum, column) => sum + span(column)[1] - span(column)[0] + BOX.gutter, 0);
    tooWide = width / ((tried[0]?.length ?? 1) * step) / aspect;
    const distance = Math.abs(Math.log(tooWide));
    // A graph that can be read without folding is easier to follow than one that fills the window.
    if (distance < best - (n > 1 && canBeRead ? 1 : 0)) [best, columns] = [distance, tried];
  }
  let left = 0;
  columns.forEach((column, c) => {
    const [low, high] = span(column);
    column.forEach((row, r) => {
      for (const i of row) {
        positions.set([left + at(x, i) - low, r * step], 2 * i);
        cells.set([c, r], 2 * i);
      }
    });
    left += high - low + BOX.gutter;
  });
  return { positions, cells };
}

/** An element that is there; the arrays here are never read outside. */
function at(array: Int32Array | Float32Array | Uint8Array, i: number): number {
  return array[i] ?? 0;
}
