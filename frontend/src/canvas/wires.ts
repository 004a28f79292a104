import { FRAME } from "../layout/arrange";
import { BOX } from "../layout/layout";
import { corner, isBoxSelected, type Frame, type Paths, type Placed, type Sides } from "./placed";
import { portX } from "./ports";
import type { Scene } from "./scene";

// Where wires run: their ways between boxes and around them, by numbers of the scene.

/** Wires as two paths, solid and dashed, in the world's measure: one stroke each a frame. `has` chooses by the ends. */
export function wirePaths(placed: Placed, has: (from: number, to: number) => boolean = () => true): Paths {
  const sides = sidesOf(placed);
  const { edges } = placed.scene;
  const wires: number[] = [];
  for (let e = 0; e < edges.length / 2; e += 1) if (has(edges[2 * e] ?? 0, edges[2 * e + 1] ?? 0)) wires.push(e);
  const bounds = new Float32Array(4 * wires.length);
  wires.forEach((e, k) => {
    const pen = new BoundsPen();
    traceWire(pen, placed, sides, e);
    bounds.set([pen.left, pen.top, pen.right, pen.bottom], 4 * k);
  });
  return { ...tracedWires(placed, sides, wires), sides, wires: Int32Array.from(wires), bounds };
}

export function tracedWires(placed: Placed, sides: Sides, wires: Iterable<number>): { readonly known: Path2D; readonly unknown: Path2D } {
  const traced = { known: new Path2D(), unknown: new Path2D() };
  for (const e of wires) traceWire(isUnknown(placed, e) ? traced.unknown : traced.known, placed, sides, e);
  return traced;
}

/** The wires of a path that the window shows: of thousands a few, and a stroke of all takes longer than a frame. */
export function wiresInView({ wires, bounds }: Paths, { camera, width, height }: Pick<Frame, "camera" | "width" | "height">): number[] {
  const [right, bottom] = [camera.x + width / camera.scale, camera.y + height / camera.scale];
  const found: number[] = [];
  for (let k = 0; k < wires.length; k += 1) {
    if ((bounds[4 * k] ?? 0) < right && (bounds[4 * k + 1] ?? 0) < bottom && (bounds[4 * k + 2] ?? 0) > camera.x && (bounds[4 * k + 3] ?? 0) > camera.y) found.push(wires[k] ?? 0);
  }
  return found;
}

/** Remembers how far a wire reaches, its control points included, and draws nothing. */
class BoundsPen implements Pen {
  left = Infinity;
  top = Infinity;
  right = -Infinity;
  bottom = -Infinity;
  moveTo(x: number, y: number): void {
    [this.left, this.right] = [Math.min(this.left, x), Math.max(this.right, x)];
    [this.top, this.bottom] = [Math.min(this.top, y), Math.max(this.bottom, y)];
  }
  lineTo(x: number, y: number): void {
    this.moveTo(x - 1, y - 1);
    this.moveTo(x + 1, y + 1);
  }
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.moveTo(x1, y1);
    this.moveTo(x2, y2);
    this.lineTo(x, y);
  }
  arcTo(x1: number, y1: number, x2: number, y2: number): void {
    this.moveTo(x1, y1);
    this.lineTo(x2, y2);
  }
}

/** The wire at a point of the world, within so many units; null where none runs. */
export function wireAt(context: CanvasRenderingContext2D, placed: Placed, paths: Paths, x: number, y: number, within: number): number | null {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.setLineDash([]);
  context.lineWidth = 2 * within;
  // Thousands of wires are asked only where one may run.
  const near = wiresInView(paths, { camera: { x: x - within, y: y - within, scale: 1 }, width: 2 * within, height: 2 * within });
  const found = near.find((e) => {
    const path = new Path2D();
    traceWire(path, placed, paths.sides, e);
    return context.isPointInStroke(path, x, y);
  });
  context.restore();
  return found ?? null;
}

/** Into a frame a wire is as known as what it brings, which its other half shows. */
export function isUnknown({ scene: { boxes, edges } }: Placed, e: number): boolean {
  const from = boxes[edges[2 * e] ?? 0];
  return from !== undefined && from.isUnknown && boxes[edges[2 * e + 1] ?? 0]?.parent !== edges[2 * e];
}

export function sidesOf({ positions, sizes, cells, scene: { boxes } }: Placed): Sides {
  const [lefts, rights] = [new Map<number, number[][]>(), new Map<number, number[][]>()];
  const keep = (all: Map<number, number[][]>, i: number, further: (before: number | undefined) => number): void => {
    const frame = boxes[i]?.parent ?? -1;
    let columns = all.get(frame);
    if (!columns) all.set(frame, (columns = []));
    const rows = (columns[cells[2 * i] ?? 0] ??= []);
    const row = cells[2 * i + 1] ?? 0;
    rows[row] = further(rows[row]);
  };
  for (let i = 0; i < positions.length / 2; i += 1) {
    const [left] = corner(positions, i);
    const right = left + (sizes[2 * i] ?? 0);
    keep(lefts, i, (before = Infinity) => Math.min(before, left));
    keep(rights, i, (before = -Infinity) => Math.max(before, right));
  }
  return { lefts, rights };
}

/** The two ends of a wire: at the ports of its calls, where a box has several. */
export function endsOf({ scene: { boxes, edges, ports }, positions, sizes }: Placed, e: number): { readonly from: readonly [number, number]; readonly to: readonly [number, number]; readonly isIn: boolean; readonly isOut: boolean } {
  const [from, to] = [edges[2 * e] ?? 0, edges[2 * e + 1] ?? 0];
  const [[fx, fy], [fw, fh], [tx, ty], [tw, th]] = [corner(positions, from), corner(sizes, from), corner(positions, to), corner(sizes, to)];
  const isIn = from !== to && boxes[to]?.parent === from;
  const isOut = from !== to && boxes[from]?.parent === to;
  return {
    from: [fx + portX(fw, boxes[from]?.ports.length ?? 0, ports[2 * e] ?? -1), isIn ? fy + FRAME.header : fy + fh],
    to: [tx + portX(tw, boxes[to]?.ports.length ?? 0, ports[2 * e + 1] ?? -1), isOut ? ty + th : ty],
    isIn,
    isOut,
  };
}

function least(values: readonly number[]): number {
  return values.reduce((low, x) => Math.min(low, x), Infinity);
}

/** What a wire is drawn with: a path of a canvas, or the text of one. */
export type Pen = Pick<Path2D, "moveTo" | "lineTo" | "bezierCurveTo" | "arcTo">;

export function traceWire(path: Pen, placed: Placed, { lefts, rights }: Sides, e: number): void {
  const { scene, cells } = placed;
  const [from, to] = [scene.edges[2 * e] ?? 0, scene.edges[2 * e + 1] ?? 0];
  const { from: [x1, y1], to: [x2, y2], isIn, isOut } = endsOf(placed, e);
  const columns = lefts.get(scene.boxes[isOut ? from : to]?.parent ?? -1) ?? [];
  path.moveTo(x1, y1);
  if (isIn || isOut) {
    const inner = isIn ? to : from;
    const rows = columns[cells[2 * inner] ?? 0] ?? [];
    const row = cells[2 * inner + 1] ?? 0;
    const between = isIn ? rows.slice(0, row) : rows.slice(row + 1);
    if (between.length === 0) straight(path, x1, y1, x2, y2);
    else aside(path, x1, y1, x2, y2, least([...between, rows[row] ?? Infinity]) - 24);
    return;
  }
  if (isNextBelow([x1, y1], [x2, y2])) {
    straight(path, x1, y1, x2, y2);
    return;
  }
  const isSameColumn = cells[2 * from] === cells[2 * to];
  const rows = (cells[2 * to + 1] ?? 0) - (cells[2 * from + 1] ?? 0);
  if (isSameColumn && rows <= 0) {
    const [fromRow, toRow] = [cells[2 * from + 1] ?? 0, cells[2 * to + 1] ?? 0];
    const between = (rights.get(scene.boxes[from]?.parent ?? -1)?.[cells[2 * from] ?? 0] ?? []).slice(toRow, fromRow + 1);
    // The first call's wire is the outermost, so that none crosses another on the way.
    const lane = Math.max(0, Math.min(MOST_LANES, (scene.boxes[to]?.ports.length ?? 0) - 1 - (scene.ports[2 * e + 1] ?? -1)));
    back(path, x1, y1, x2, y2, -least(between.map((x) => -x)) + 20 + 8 * lane, 4 * lane);
  } else if (isSameColumn && rows === 1) straight(path, x1, y1, x2, y2);
  else if (isSameColumn) {
    // A skip runs left of what lies between, so that it stays visible.
    const [fromRow, toRow] = [cells[2 * from + 1] ?? 0, cells[2 * to + 1] ?? 0];
    const between = (columns[cells[2 * from] ?? 0] ?? []).slice(Math.min(fromRow, toRow), Math.max(fromRow, toRow) + 1);
    aside(path, x1, y1, x2, y2, least(between) - 24 - 4 * Math.min(8, Math.abs(rows)));
  } else {
    // Wires into a column come down its left gutter, whatever stands in its rows.
    const gutter = least(columns[cells[2 * to] ?? 0] ?? []) - BOX.gutter / 2;
    path.arcTo(x1, y1 + 12, gutter, y1 + 12, 8);
    path.arcTo(gutter, y1 + 12, gutter, y2 - 18, 8);
    path.arcTo(gutter, y2 - 18, x2, y2 - 18, 8);
    path.arcTo(x2, y2 - 18, x2, y2, 8);
    path.lineTo(x2, y2);
  }
}

/** Whether a wire's ends are so near that no box has room between: a hand may have put them there, in columns of the layout that differ. */
function isNextBelow([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): boolean {
  return y2 - y1 >= BOW.least && y2 - y1 < BOX.height && Math.abs(x2 - x1) < BOX.width;
}

const MOST_LANES = 6;

/** What goes back to an earlier row, a layer's next call, runs up right of what lies between. */
function back(path: Pen, x1: number, y1: number, x2: number, y2: number, side: number, apart: number): void {
  const [below, above] = [y1 + 12 + apart, y2 - 18 - apart];
  path.arcTo(x1, below, side, below, 8);
  path.arcTo(side, below, side, above, 8);
  path.arcTo(side, above, x2, above, 8);
  path.arcTo(x2, above, x2, y2, 8);
  path.lineTo(x2, y2);
}

const BOW = { least: 16, reach: 96 } as const;

function straight(path: Pen, x1: number, y1: number, x2: number, y2: number): void {
  const middle = (y1 + y2) / 2;
  // What a hand put beside or above what feeds it is reached by a bow.
  if (y2 - y1 < BOW.least) path.bezierCurveTo(x1, y1 + BOW.reach, x2, y2 - BOW.reach, x2, y2);
  else if (x1 === x2) path.lineTo(x2, y2);
  else path.bezierCurveTo(x1, middle, x2, middle, x2, y2);
}

function aside(path: Pen, x1: number, y1: number, x2: number, y2: number, side: number): void {
  path.bezierCurveTo(x1, y1 + 24, side, y1 + 24, side, y1 + 60);
  path.lineTo(side, y2 - 60);
  path.bezierCurveTo(side, y2 - 24, x2, y2 - 24, x2, y2);
}

export const NO_SIDES: Sides = { lefts: new Map(), rights: new Map() };

/** The wires that run between boxes of these layers. */
export function blamedWires({ boxes, edges }: Pick<Scene, "boxes" | "edges">, paths: ReadonlySet<string>): number[] {
  const isOn = boxes.map((box) => isBoxSelected(box, paths));
  return Array.from({ length: edges.length / 2 }, (_, e) => e).filter((e) => isOn[edges[2 * e] ?? 0] && isOn[edges[2 * e + 1] ?? 0]);
}

/** Whether a wire runs straight down to the next row, with room for what goes through it: ports of calls say it themselves. */
export function isStraight(placed: Placed, e: number): boolean {
  const { scene: { ports } } = placed;
  if ((ports[2 * e] ?? -1) >= 0 || (ports[2 * e + 1] ?? -1) >= 0) return false;
  const ends = endsOf(placed, e);
  return ends.to[1] - ends.from[1] >= BOX.gapDown && isNextBelow(ends.from, ends.to) && Math.abs(ends.from[0] - ends.to[0]) < 1;
}
