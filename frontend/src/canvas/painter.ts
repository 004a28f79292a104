import type { Blamed, Camera } from "../commands";
import { GLYPHS, type Family } from "../family";
import { FRAME, type Arrangement } from "../layout/arrange";
import { BOX } from "../layout/layout";
import { t } from "../words/words";
import type { Connection } from "./connection";
import type { Colours } from "./colours";
import type { Addressed } from "../reading";
import { frameToken, type Paint } from "./paints";
import { PILL, PIN, portAtX, portOf, portPath, portText, portWidth, portX } from "./ports";
import type { Box, CallPort, Scene } from "./scene";

export type Tier = "far" | "middle" | "near";
export interface Placed extends Arrangement {
  readonly scene: Scene;
}
export interface Paths {
  readonly known: Path2D;
  readonly unknown: Path2D;
  /** Of each frame, and of the whole graph, what skipping wires keep clear of. */
  readonly sides: Sides;
  /** The numbers of its wires, and of each left, top, right and bottom. */
  readonly wires: Int32Array;
  readonly bounds: Float32Array;
}
/** By frame: the leftmost x of each row of each column, and the rightmost. */
export interface Sides {
  readonly lefts: Reach;
  readonly rights: Reach;
}
type Reach = ReadonlyMap<number, readonly (readonly number[])[]>;
/** A port of a box that stands for several calls. */
export interface PortSpot {
  readonly box: number;
  readonly port: number;
  readonly side: "in" | "out";
}
export interface Highlight {
  /** Boxes that a search found, and the one that it stands at. */
  /** How many layers of each were found. */
  readonly found: ReadonlyMap<number, number>;
  readonly at: number | null;
}
export interface Frame extends Placed {
  /** All wires; while boxes are dragged, those that stay and those that follow. */
  readonly paths: readonly Paths[];
  readonly camera: Camera;
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
  readonly selection: ReadonlySet<string>;
  readonly colours: Colours;
  readonly paint: Paint;
  readonly highlight: Highlight | null;
  readonly blamed: Blamed | null;
  /** Wires that bring what does not fit. */
  readonly faults: readonly number[];
  /** The call that is singled out of those of its layer, and the port that the pointer is on. */
  readonly call: Addressed | null;
  readonly pointed: PortSpot | null;
  /** Boxes that stay where they are when the graph is tidied. */
  readonly pinned: ReadonlySet<number>;
}

// Section 10 of the design: what costs is boxes with text, so their number decides, then the zoom.
const MIDDLE_BOXES = 500;

export function tierOf(visible: number, scale: number): "far" | "middle" {
  return scale < 0.5 || visible > MIDDLE_BOXES ? "far" : "middle";
}

/** The numbers of the boxes that the window shows. */
export function visibleBoxes({ positions, sizes, camera, width, height }: Pick<Frame, "positions" | "sizes" | "camera" | "width" | "height">): number[] {
  const [left, top] = [camera.x, camera.y];
  const [right, bottom] = [left + width / camera.scale, top + height / camera.scale];
  const found: number[] = [];
  for (let i = 0; i < positions.length / 2; i += 1) {
    const [x, y] = corner(positions, i);
    const [w, h] = corner(sizes, i);
    if (x + w > left && x < right && y + h > top && y < bottom) found.push(i);
  }
  return found;
}

export function corner(positions: Float32Array, i: number): [x: number, y: number] {
  return [positions[2 * i] ?? 0, positions[2 * i + 1] ?? 0];
}

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

function tracedWires(placed: Placed, sides: Sides, wires: Iterable<number>): { readonly known: Path2D; readonly unknown: Path2D } {
  const traced = { known: new Path2D(), unknown: new Path2D() };
  for (const e of wires) traceWire(isUnknown(placed, e) ? traced.unknown : traced.known, placed, sides, e);
  return traced;
}

/** The wires of a path that the window shows: of thousands a few, and a stroke of all takes longer than a frame. */
function wiresInView({ wires, bounds }: Paths, { camera, width, height }: Pick<Frame, "camera" | "width" | "height">): number[] {
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

const NO_SIDES: Sides = { lefts: new Map(), rights: new Map() };

const SMALL = "11px Inter, sans-serif";
const MONO = "11px JetBrains Mono, monospace";

/** Draws one frame and says in which tier. */
export function paintFrame(context: CanvasRenderingContext2D, frame: Frame): { readonly tier: "far" | "middle"; readonly visible: readonly number[] } {
  const { camera, colours, pixelRatio, width, height, paths } = frame;
  const visible = visibleBoxes(frame);
  const tier = tierOf(visible.length, camera.scale);
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.fillStyle = colours.canvas ?? "";
  context.fillRect(0, 0, width, height);
  if (tier !== "far") paintDots(context, frame);
  const scale = camera.scale * pixelRatio;
  context.setTransform(scale, 0, 0, scale, -camera.x * scale, -camera.y * scale);
  paintFrames(context, frame, visible);
  context.strokeStyle = colours.wire ?? "";
  context.lineWidth = tier === "far" ? 1 / camera.scale : 1.5;
  context.setLineDash([]);
  const shown = tier === "far" ? paths : paths.map((part) => tracedWires(frame, part.sides, wiresInView(part, frame)));
  for (const { known } of shown) context.stroke(known);
  context.setLineDash([5, 4]);
  for (const { unknown } of shown) context.stroke(unknown);
  context.setLineDash([]);
  paintWiresOf(context, frame, tier);
  paintSelectedWires(context, frame, tier);
  paintBlamedWires(context, frame, tier);
  if (tier === "far") paintFar(context, frame, visible);
  else paintText(context, frame, visible);
  return { tier, visible };
}

/** The wires that the colours are about, wider: those that carry a mask. */
function paintWiresOf(context: CanvasRenderingContext2D, frame: Frame, tier: Tier): void {
  const { paint: { wires }, colours, camera, paths } = frame;
  if (!wires || wires.size === 0) return;
  const sides = paths.at(-1)?.sides ?? NO_SIDES;
  const path = new Path2D();
  for (const e of wires) traceWire(path, frame, sides, e);
  context.strokeStyle = colours["f-conv"] ?? "";
  context.lineWidth = tier === "far" ? 3 / camera.scale : 3;
  context.stroke(path);
}

/** The wires of what is selected, in the accent. */
function paintSelectedWires(context: CanvasRenderingContext2D, frame: Frame, tier: Tier): void {
  const { scene, selection, colours, camera, paths, call, pointed } = frame;
  const sides = paths.at(-1)?.sides ?? NO_SIDES;
  if (selection.size === 0 && !pointed) return;
  const isSelected = scene.boxes.map((box) => !box.isOpen && isBoxSelected(box, selection));
  const [known, unknown] = [new Path2D(), new Path2D()];
  // Of a layer whose one call is singled out, or pointed at, those of that call.
  const isOf = (i: number, port: number): boolean => (isSelected[i] === true && isOfCall(scene.boxes[i], port, call)) || (pointed?.box === i && pointed.port === port);
  for (let e = 0; e < scene.edges.length / 2; e += 1) {
    const [from, to] = [scene.edges[2 * e] ?? 0, scene.edges[2 * e + 1] ?? 0];
    if (isOf(from, scene.ports[2 * e] ?? -1) || isOf(to, scene.ports[2 * e + 1] ?? -1)) traceWire(isUnknown(frame, e) ? unknown : known, frame, sides, e);
  }
  context.strokeStyle = colours.accent ?? "";
  context.lineWidth = tier === "far" ? 2 / camera.scale : 2;
  context.stroke(known);
  context.setLineDash([5, 4]);
  context.stroke(unknown);
  context.setLineDash([]);
}

/** Whether a port is that of the call that is singled out; where none of its box is, each is. */
export function isOfCall(box: Box | undefined, port: number, call: Addressed | null): boolean {
  if (!box || call?.path !== box.path || !box.ports.some(({ nodeIndex }) => nodeIndex === call.nodeIndex)) return true;
  return box.ports[port]?.nodeIndex === call.nodeIndex;
}

/** What brings a wrong input, and the way of a problem that is looked at, in the colour of the verdict. */
function paintBlamedWires(context: CanvasRenderingContext2D, frame: Frame, tier: Tier): void {
  const { scene, blamed, faults, colours, camera, paths } = frame;
  const sides = paths.at(-1)?.sides ?? NO_SIDES;
  const ways = [[faults, "error"], [blamed ? blamedWires(scene, blamed.paths) : [], blamed?.severity === "error" ? "error" : "warn"]] as const;
  for (const [wires, colour] of ways) {
    if (wires.length === 0) continue;
    const way = new Path2D();
    for (const e of wires) traceWire(way, frame, sides, e);
    context.strokeStyle = colours[colour] ?? "";
    context.lineWidth = tier === "far" ? 2.25 / camera.scale : 2.25;
    context.stroke(way);
  }
}

/** The wires that run between boxes of these layers. */
export function blamedWires({ boxes, edges }: Pick<Scene, "boxes" | "edges">, paths: ReadonlySet<string>): number[] {
  const isOn = boxes.map((box) => isBoxSelected(box, paths));
  return Array.from({ length: edges.length / 2 }, (_, e) => e).filter((e) => isOn[edges[2 * e] ?? 0] && isOn[edges[2 * e + 1] ?? 0]);
}

/** A wire in the making, from a port to the hand; where it cannot be, only its end is red: the model is not wrong. */
export function paintConnection(context: CanvasRenderingContext2D, { connection, toX, toY }: { readonly connection: Connection; readonly toX: number; readonly toY: number }, { placed, camera, pixelRatio, colours }: Pick<Frame, "camera" | "pixelRatio" | "colours"> & { readonly placed: Placed }): void {
  const i = placed.scene.boxes.findIndex((box) => box.id === connection.from.id);
  const [x, y] = corner(placed.positions, i);
  const { ports } = placed.scene.boxes[i] ?? { ports: [] };
  const port = ports.findIndex(({ nodeIndex }) => nodeIndex === connection.from.nodeIndex);
  const [fromX, fromY] = [(x + portX(placed.sizes[2 * i] ?? 0, ports.length, port) - camera.x) * camera.scale, (y + (placed.sizes[2 * i + 1] ?? 0) - camera.y) * camera.scale];
  const verdict = connection.verdict();
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.bezierCurveTo(fromX, (fromY + toY) / 2, toX, (fromY + toY) / 2, toX, toY);
  context.strokeStyle = colours[verdict?.kind === "fits" ? "accent" : "ink-2"] ?? "";
  context.lineWidth = 2;
  context.setLineDash(verdict?.kind === "fits" ? [] : [6, 4]);
  context.stroke();
  context.setLineDash([]);
  context.beginPath();
  context.arc(toX, toY, 5, 0, 2 * Math.PI);
  context.fillStyle = colours[verdict?.kind === "refused" ? "error" : verdict?.kind === "fits" ? "accent" : "ink-2"] ?? "";
  context.fill();
}

/** A dot each 20 units of the world, as one pattern: it moves with the view and costs one fill. */
function paintDots(context: CanvasRenderingContext2D, { camera, colours, width, height }: Frame): void {
  const step = 20 * camera.scale;
  const colour = colours.dot ?? "";
  if (dots?.colour !== colour) {
    const tile = document.createElement("canvas");
    [tile.width, tile.height] = [40, 40];
    const pen = tile.getContext("2d");
    if (!pen) return;
    pen.fillStyle = colour;
    pen.arc(2, 2, 2, 0, 2 * Math.PI);
    pen.fill();
    const pattern = context.createPattern(tile, "repeat");
    if (!pattern) return;
    dots = { colour, pattern };
  }
  const moved = new DOMMatrix().translate(-camera.x * camera.scale, -camera.y * camera.scale).scale(step / 40);
  dots.pattern.setTransform(moved);
  context.fillStyle = dots.pattern;
  context.fillRect(0, 0, width, height);
}

let dots: { readonly colour: string; readonly pattern: CanvasPattern } | null = null;

/** A box is selected with any of its layers: a closed group shows where the selection is. */
export function isBoxSelected({ path, paths, kind }: Box, selection: ReadonlySet<string>): boolean {
  if (selection.size === 0) return false;
  return kind === "call" ? selection.has(path) : paths.some((one) => selection.has(one));
}

/** Flat boxes, a path a colour. */
function paintFar(context: CanvasRenderingContext2D, frame: Frame, visible: readonly number[]): void {
  const { scene, positions, sizes, colours, selection, camera, paint } = frame;
  const fills = new Map<string, Path2D>();
  const [errors, warnings, selected, frames] = [new Path2D(), new Path2D(), new Path2D(), new Path2D()];
  for (const i of visible) {
    const box = scene.boxes[i];
    if (!box) continue;
    const [x, y] = corner(positions, i);
    const [width, height] = corner(sizes, i);
    if (box.isOpen) {
      if (!box.frame) frames.roundRect(x, y, width, height, 12);
      continue;
    }
    const token = paint.tokens[i] ?? "f-op";
    let fill = fills.get(token);
    if (!fill) fills.set(token, (fill = new Path2D()));
    fill.rect(x, y, width, height);
    if (box.kind === "repeat") fill.rect(x + 8, y + height + 4, width, 8);
    if (box.mark) (box.mark.kind === "error" ? errors : warnings).rect(x, y, width, height);
    if (isBoxSelected(box, selection)) selected.rect(x, y, width, height);
  }
  for (const [token, path] of fills) {
    context.fillStyle = colours[token] ?? "";
    context.fill(path);
    if (token !== "heat-0") continue;
    // The cold ones are nearly of the canvas's colour: an outline keeps them in sight.
    context.strokeStyle = colours["line-2"] ?? "";
    context.lineWidth = 1 / camera.scale;
    context.stroke(path);
  }
  context.lineWidth = 1 / camera.scale;
  context.strokeStyle = colours["line-2"] ?? "";
  context.stroke(frames);
  for (const i of visible) if (scene.boxes[i]?.isOpen) paintFarName(context, frame, i);
  context.lineWidth = 3 / camera.scale;
  context.strokeStyle = colours.warn ?? "";
  context.stroke(warnings);
  context.strokeStyle = colours.error ?? "";
  context.stroke(errors);
  context.strokeStyle = colours.accent ?? "";
  context.stroke(selected);
  paintFound(context, frame, visible);
}

// An open frame is told by its name as long as that has room in it, however far the view is.
const [FAR_NAME, FAR_ROOM, LEAST_ROOM] = [12, 90, 24];

function paintFarName(context: CanvasRenderingContext2D, { scene, positions, sizes, colours, camera }: Frame, i: number): void {
  const [x, y] = corner(positions, i);
  const [width] = corner(sizes, i);
  const isRoomy = width * camera.scale >= FAR_ROOM && FRAME.top * camera.scale >= FAR_NAME + 4;
  // What a hand named is told above the frame where there is no room in it.
  if (!isRoomy && (!scene.boxes[i]?.frame || width * camera.scale < LEAST_ROOM)) return;
  context.save();
  context.translate(x, y);
  context.scale(1 / camera.scale, 1 / camera.scale);
  context.textBaseline = "alphabetic";
  const [name, font] = [scene.boxes[i]?.name ?? "", `600 ${FAR_NAME}px Inter, sans-serif`];
  if (isRoomy) text(context, name, 8, FAR_NAME + 5, width * camera.scale - 16, font, colours["ink-2"]);
  else {
    // Whatever stands there, it is read against the canvas.
    context.strokeStyle = colours.canvas ?? "";
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.font = font;
    context.strokeText(cutText(context, name, FAR_ROOM, font), 0, -4);
    text(context, name, 0, -4, FAR_ROOM, font, colours.ink);
  }
  context.restore();
}

/** Rings with a gap of canvas about what a search found, so that they read on any colour. */
function paintFound(context: CanvasRenderingContext2D, { scene, positions, sizes, colours, highlight, camera }: Frame, visible: readonly number[]): void {
  if (!highlight) return;
  const rings = new Path2D();
  const gap = Math.max(3, 2 / camera.scale);
  for (const i of visible) {
    if (!highlight.found.has(i) || scene.boxes[i]?.isOpen) continue;
    const [x, y] = corner(positions, i);
    const [width, height] = corner(sizes, i);
    rings.roundRect(x - gap, y - gap, width + 2 * gap, height + 2 * gap, 8 + gap);
  }
  context.strokeStyle = colours.accent ?? "";
  context.lineWidth = Math.max(2, 1.5 / camera.scale);
  context.stroke(rings);
  if (camera.scale >= 0.5) for (const i of visible) paintFoundCount(context, { scene, positions, colours }, i, highlight.found.get(i) ?? 0);
  const at = highlight.at;
  if (at === null) return;
  const [x, y] = corner(positions, at);
  const [width, height] = corner(sizes, at);
  context.lineWidth = Math.max(4, 3 / camera.scale);
  context.beginPath();
  context.roundRect(x - gap, y - gap, width + 2 * gap, height + 2 * gap, 8 + gap);
  context.stroke();
}

function paintFoundCount(context: CanvasRenderingContext2D, { scene, positions, colours }: Pick<Frame, "scene" | "positions" | "colours">, i: number, count: number): void {
  if (count === 0 || (scene.boxes[i]?.layers ?? 0) === 0) return;
  const [x, y] = corner(positions, i);
  const said = count.toLocaleString("en");
  const font = "600 11px Inter, sans-serif";
  context.font = font;
  const width = Math.max(20, context.measureText(said).width + 12);
  context.beginPath();
  context.roundRect(x + BOX.width - width + 8, y - 12, width, 20, 10);
  context.fillStyle = colours["accent-fill"] ?? "";
  context.fill();
  rightText(context, said, x + BOX.width + 2, y + 2, font, colours["on-fill"]);
}

function paintText(context: CanvasRenderingContext2D, frame: Frame, visible: readonly number[]): void {
  const { scene } = frame;
  const frames = visible.filter((i) => scene.boxes[i]?.isOpen);
  const boxes = visible.filter((i) => !scene.boxes[i]?.isOpen);
  paintWireEnds(context, frame, new Set(visible));
  context.textBaseline = "alphabetic";
  for (const i of frames) paintHeader(context, frame, i);
  for (const i of boxes) paintBox(context, frame, i);
  paintPorts(context, frame, boxes);
  for (const i of visible) if ((scene.boxes[i]?.ports.length ?? 0) > 0) paintCallPorts(context, frame, i);
  for (const i of visible) if (frame.pinned.has(i)) paintPin(context, frame, i);
  paintFound(context, frame, visible);
}

/** The sign of a box that is pinned, at its corner. */
function paintPin(context: CanvasRenderingContext2D, { positions, colours }: Frame, i: number): void {
  const [x, y] = corner(positions, i);
  context.beginPath();
  context.arc(x + 2, y + 2, 9, 0, 2 * Math.PI);
  context.fillStyle = colours.raised ?? "";
  context.fill();
  context.strokeStyle = colours["line-2"] ?? "";
  context.lineWidth = 1;
  context.stroke();
  context.save();
  context.translate(x - 4, y - 4);
  context.scale(0.5, 0.5);
  context.strokeStyle = colours["ink-2"] ?? "";
  context.lineWidth = 2.5;
  [context.lineCap, context.lineJoin] = ["round", "round"];
  pinPath ??= new Path2D(PIN);
  context.stroke(pinPath);
  context.restore();
}

let pinPath: Path2D | null = null;

/** An open group or nested model: a surface with its name, which closes it. */
function paintFrames(context: CanvasRenderingContext2D, { scene, positions, sizes, colours, camera, selection }: Frame, visible: readonly number[]): void {
  for (const i of visible) {
    const box = scene.boxes[i];
    if (!box?.isOpen) continue;
    context.beginPath();
    context.roundRect(...corner(positions, i), ...corner(sizes, i), 12);
    context.fillStyle = colours.panel ?? "";
    context.fill();
    const token = frameToken(box);
    if (token !== null) {
      context.globalAlpha = 0.1;
      context.fillStyle = colours[token] ?? "";
      context.fill();
      context.globalAlpha = 1;
    }
    // What a hand put about layers stands out against what was found.
    context.lineWidth = (box.frame ? 1.5 : 1) * Math.max(1, 1 / camera.scale);
    context.strokeStyle = colours[isFrameSelected(box, selection) ? "accent" : (token ?? (box.frame ? "ink-3" : "line-2"))] ?? "";
    context.stroke();
  }
}

/** A frame of a hand is selected with all of its layers, a nested model by itself. */
function isFrameSelected({ kind, path, paths, frame }: Box, selection: ReadonlySet<string>): boolean {
  if (selection.size === 0) return false;
  return kind === "call" ? selection.has(path) : frame !== null && selection.size >= paths.length && paths.every((one) => selection.has(one));
}

function paintHeader(context: CanvasRenderingContext2D, { scene, positions, sizes, colours }: Frame, i: number): void {
  const box = scene.boxes[i];
  const [x, y] = corner(positions, i);
  const [width] = corner(sizes, i);
  if (!box) return;
  paintTwist(context, x + 16, y + 18, true, colours["ink-2"]);
  text(context, box.name, x + 30, y + 23, width - 140, "600 13px Inter, sans-serif", colours.ink);
  const used = context.measureText(cutText(context, box.name, width - 140, "600 13px Inter, sans-serif")).width;
  text(context, scene.textOf(i).said, x + 38 + used, y + 23, width - used - 50, SMALL, colours["ink-3"]);
  context.beginPath();
  context.moveTo(x, y + FRAME.header);
  context.lineTo(x + width, y + FRAME.header);
  context.strokeStyle = colours.line ?? "";
  context.lineWidth = 1;
  context.stroke();
}

/** A chevron: right of what can be opened, down of what is. */
function paintTwist(context: CanvasRenderingContext2D, x: number, y: number, isOpen: boolean, colour: string | undefined): void {
  context.beginPath();
  if (isOpen) for (const [k, [dx, dy]] of [[-4, -2], [0, 2], [4, -2]].entries()) context[k === 0 ? "moveTo" : "lineTo"](x + (dx ?? 0), y + (dy ?? 0));
  else for (const [k, [dx, dy]] of [[-2, -4], [2, 0], [-2, 4]].entries()) context[k === 0 ? "moveTo" : "lineTo"](x + (dx ?? 0), y + (dy ?? 0));
  context.strokeStyle = colour ?? "";
  context.lineWidth = 1.5;
  context.stroke();
}

function paintBox(context: CanvasRenderingContext2D, frame: Frame, i: number): void {
  const { scene, positions, colours, selection, paint } = frame;
  const box = scene.boxes[i];
  if (!box) return;
  const [x, y] = corner(positions, i);
  const isError = box.mark?.kind === "error";
  const isSelected = isBoxSelected(box, selection);
  if (box.kind === "repeat") paintSheets(context, x, y, colours);
  if (isSelected || isError) {
    // A halo outside the outline, as the near tier has it.
    context.globalAlpha = isSelected ? 0.18 : 0.13;
    context.strokeStyle = colours[isSelected ? "accent" : "error"] ?? "";
    context.lineWidth = 8;
    context.beginPath();
    context.roundRect(x, y, BOX.width, BOX.height, 8);
    context.stroke();
    context.globalAlpha = 1;
  }
  context.fillStyle = colours.raised ?? "";
  context.beginPath();
  context.roundRect(x, y, BOX.width, BOX.height, 8);
  context.fill();
  const token = paint.tokens[i] ?? "f-op";
  // What is left out is dimmed by drawing less of it.
  if (!box.isOff) paintSpine(context, box, x, y, colours[token] ?? "", paint.isFilled ? (colours[isLight(token) ? "ink" : "raised"] ?? "") : null);
  context.strokeStyle = colours[isSelected || box.isPreview ? "accent" : isError ? "error" : "line-2"] ?? "";
  context.lineWidth = isSelected ? 2 : isError || box.isPreview ? 1.5 : 1;
  context.setLineDash(box.isOff || box.isLoose ? [4, 3] : []);
  context.beginPath();
  context.roundRect(x, y, BOX.width, BOX.height, 8);
  context.stroke();
  context.setLineDash([]);
  // Three lines: name and class; what was said about it; what comes out and its parameters.
  const [left, right] = [x + 37, x + BOX.width - 9];
  const room = right - left;
  const { said, shape, parameters } = scene.textOf(i);
  const type = box.times > 0 ? `×${box.times.toLocaleString("en")}` : box.className;
  context.font = SMALL;
  const typeRoom = Math.min(context.measureText(type).width, room * 0.45);
  rightText(context, cutText(context, type, room * 0.45, SMALL), right, y + 22, SMALL, colours["ink-3"]);
  text(context, box.nodeIndex === 0 ? box.name : `${box.name} [${box.nodeIndex}]`, left, y + 22, room - typeRoom - 8, "600 13px Inter, sans-serif", colours[box.isOff ? "ink-3" : "ink"]);
  text(context, said, left, y + 40, room, SMALL, colours["ink-2"]);
  context.font = SMALL;
  const countRoom = context.measureText(parameters).width;
  rightText(context, parameters, right, y + 58, SMALL, colours["ink-3"]);
  text(context, shape, left, y + 58, room - countRoom - 8, fontOf(shape), colours[box.isPreview ? "accent" : box.isUnknown ? "ink-3" : "ink"]);
  // Above the ports of calls, where there are several.
  if (box.mark) paintTag(context, frame, x, y - (box.ports.length > 0 ? 8 : 0), box.mark.kind, box.mark.count === 1 ? box.mark.text : t("reading.problems", { n: box.mark.count }));
}

/** Two sheets behind a box that stands for alike parts in a row. */
function paintSheets(context: CanvasRenderingContext2D, x: number, y: number, colours: Colours): void {
  for (const shift of [8, 4]) {
    context.beginPath();
    context.roundRect(x + shift, y + shift, BOX.width, BOX.height, 8);
    context.fillStyle = colours.raised ?? "";
    context.fill();
    context.strokeStyle = colours["line-2"] ?? "";
    context.lineWidth = 1;
    context.stroke();
  }
}

function isLight(token: string): boolean {
  return ["heat-0", "heat-1", "heat-2", "line-2"].includes(token);
}

/** Shapes are monospace, words are not. */
function fontOf(value: string): string {
  return /\d/.test(value) ? MONO : SMALL;
}

/** The box's left edge with its glyph; filled with the whole colour where that says an amount and the glyph has its own. */
function paintSpine(context: CanvasRenderingContext2D, { family, layers }: Box, x: number, y: number, colour: string, glyph: string | null): void {
  context.globalAlpha = glyph === null ? 0.14 : 1;
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(x, y, 28, BOX.height, [8, 0, 0, 8]);
  context.fill();
  context.globalAlpha = 1;
  if (layers > 0) paintTwist(context, x + 14, y + BOX.height / 2 + 14, false, glyph ?? colour);
  context.save();
  context.translate(x + 6, y + 9);
  context.strokeStyle = glyph ?? colour;
  context.lineWidth = 1.5;
  [context.lineCap, context.lineJoin] = ["round", "round"];
  context.stroke(glyphOf(family));
  context.restore();
}

const glyphs = new Map<Family, Path2D>();

function glyphOf(family: Family): Path2D {
  let glyph = glyphs.get(family);
  if (!glyph) glyphs.set(family, (glyph = new Path2D(GLYPHS[family])));
  return glyph;
}

/** Ports at the middle of the edges: filled is where a wire begins, hollow where one ends; their form is the dtype. */
function paintPorts(context: CanvasRenderingContext2D, { scene, positions, colours }: Frame, visible: readonly number[]): void {
  const [filled, hollow, open] = [new Path2D(), new Path2D(), new Path2D()];
  const inputs = inputTypes(scene);
  for (const i of visible) {
    if ((scene.boxes[i]?.ports.length ?? 0) > 0) continue;
    const [x, y] = corner(positions, i);
    const out = portOf(scene.isSketch ? "float32" : scene.textOf(i).dtype);
    portPath(out === "any" ? open : filled, out, x + BOX.width / 2, y + BOX.height);
    if (!scene.boxes[i]?.takesInput) continue;
    const into = portOf(scene.isSketch ? "float32" : (inputs.get(i) ?? null));
    portPath(into === "any" ? open : hollow, into, x + BOX.width / 2, y);
  }
  context.fillStyle = colours.wire ?? "";
  context.fill(filled);
  context.fillStyle = colours.port ?? "";
  context.fill(hollow);
  context.fill(open);
  context.strokeStyle = colours.wire ?? "";
  context.lineWidth = 1.5;
  context.stroke(hollow);
  context.setLineDash([2, 2]);
  context.stroke(open);
  context.setLineDash([]);
}

/** A layer with several calls: a pair of ports for each, numbered, filled where a wire begins. */
function paintCallPorts(context: CanvasRenderingContext2D, { scene, positions, sizes, colours, selection, call, pointed }: Frame, i: number): void {
  const box = scene.boxes[i];
  if (!box) return;
  const [[x, y], [width, height]] = [corner(positions, i), corner(sizes, i)];
  const isSelected = selection.has(box.path);
  box.ports.forEach((port, k) => {
    for (const side of ["in", "out"] as const) {
      const isLit = (isSelected && call !== null && call.path === box.path && call.nodeIndex === port.nodeIndex) || (pointed?.box === i && pointed.port === k);
      const { left, top, width: w, height: h, text: said } = pillOf(box, port, k, side, [x, y, width, height]);
      context.beginPath();
      context.roundRect(left, top, w, h, h / 2);
      context.fillStyle = colours[isLit ? "accent-fill" : side === "out" ? "ink-2" : "port"] ?? "";
      context.fill();
      context.strokeStyle = colours[isLit ? "accent" : side === "out" ? "ink-2" : "wire"] ?? "";
      context.lineWidth = 1.5;
      context.stroke();
      text(context, said, left + (w - said.length * PILL.letter) / 2, top + 11.5, Infinity, PILL.font, colours[isLit ? "on-fill" : side === "out" ? "canvas" : "ink"]);
    }
  });
}

/** The pill of a call's port, about a place on the edge of its box. */
export function pillOf({ ports }: Box, { nodeIndex, into, out }: CallPort, k: number, side: PortSpot["side"], [x, y, width, height]: readonly [number, number, number, number]): { readonly left: number; readonly top: number; readonly width: number; readonly height: number; readonly text: string } {
  const said = portText(width, ports.length, nodeIndex, side === "in" ? into : out);
  const [w, h] = [portWidth(ports.length, said), said === "" ? 9 : PILL.height];
  return { left: x + portX(width, ports.length, k) - w / 2, top: y + (side === "in" ? 0 : height) - h / 2, width: w, height: h, text: said };
}

/** The port of one of several calls at a point of the world: the pill, and about it what a hand needs. */
export function callPortAt({ scene: { boxes }, positions, sizes }: Placed, x: number, y: number, reach: number): PortSpot | null {
  for (let i = boxes.length - 1; i >= 0; i -= 1) {
    const count = boxes[i]?.ports.length ?? 0;
    if (count === 0) continue;
    const [[left, top], [width, height]] = [corner(positions, i), corner(sizes, i)];
    if (x < left || x > left + width) continue;
    const side = Math.abs(y - top) <= reach ? "in" : Math.abs(y - top - height) <= reach ? "out" : null;
    if (!side) continue;
    const port = portAtX(width, count, x - left);
    if (Math.abs(x - left - portX(width, count, port)) <= Math.max(reach, width / count / 2 - PILL.gap)) return { box: i, port, side };
  }
  return null;
}

const inputTypesOf = new WeakMap<Scene, Map<number, string | null>>();

/** The dtype of what comes into each box first. */
function inputTypes(scene: Scene): Map<number, string | null> {
  let types = inputTypesOf.get(scene);
  if (!types) {
    inputTypesOf.set(scene, (types = new Map()));
    for (let e = 0; e < scene.edges.length / 2; e += 1) {
      const to = scene.edges[2 * e + 1] ?? 0;
      if (!types.has(to)) types.set(to, scene.specOf(e)?.dtype ?? null);
    }
  }
  return types;
}

/** Arrowheads, and what goes through a wire at its right. */
function paintWireEnds(context: CanvasRenderingContext2D, frame: Frame, visible: ReadonlySet<number>): void {
  const { scene: { edges, labelOf, boxes, ports }, colours } = frame;
  const heads = new Path2D();
  context.textAlign = "left";
  for (let e = 0; e < edges.length / 2; e += 1) {
    const [from, to] = [edges[2 * e] ?? 0, edges[2 * e + 1] ?? 0];
    if (!visible.has(to) || boxes[from]?.parent === to) continue;
    const { to: [x, ty] } = endsOf(frame, e);
    // A call's port is as high as a line of text.
    const tip = ty - ((ports[2 * e + 1] ?? -1) < 0 ? 5 : PILL.height / 2 + 1);
    heads.moveTo(x, tip);
    heads.lineTo(x - 4, tip - 7);
    heads.lineTo(x + 4, tip - 7);
    if (boxes[to]?.parent === from) continue;
    if (isStraight(frame, e)) text(context, labelOf(e), x + 10, ty - BOX.gapDown / 2 + 4, 100, MONO, colours["ink-2"]);
  }
  context.fillStyle = colours.wire ?? "";
  context.fill(heads);
}

/** Whether a wire runs straight down to the next row, with room for what goes through it: ports of calls say it themselves. */
export function isStraight(placed: Placed, e: number): boolean {
  const { scene: { edges, ports }, cells } = placed;
  const [from, to] = [edges[2 * e] ?? 0, edges[2 * e + 1] ?? 0];
  if ((ports[2 * e] ?? -1) >= 0 || (ports[2 * e + 1] ?? -1) >= 0) return false;
  const ends = endsOf(placed, e);
  return cells[2 * from] === cells[2 * to] && cells[2 * from + 1] === (cells[2 * to + 1] ?? 0) - 1 && Math.abs(ends.from[0] - ends.to[0]) < 1;
}

/** An error's code is solid, a warning's is tinted; both have their sign. */
function paintTag(context: CanvasRenderingContext2D, { colours }: Frame, x: number, y: number, kind: "error" | "warning", label: string): void {
  const said = `${kind === "error" ? "⊗" : "△"} ${label}`;
  const font = "600 11px JetBrains Mono, monospace";
  context.font = font;
  const width = context.measureText(said).width + 12;
  const left = x + BOX.width + 6 - width;
  context.beginPath();
  context.roundRect(left, y - 12, width, 18, 4);
  context.fillStyle = colours[kind === "error" ? "error" : "warn-tint"] ?? "";
  context.fill();
  if (kind === "warning") {
    context.strokeStyle = colours.warn ?? "";
    context.lineWidth = 1;
    context.stroke();
  }
  text(context, said, left + 6, y + 1, Infinity, font, colours[kind === "error" ? "canvas" : "warn"]);
}

// Measuring text costs more than drawing it; a cut string is looked up by font, room and text.
const cuts = new Map<string, string>();
const MAX_CUTS = 20_000;

function text(context: CanvasRenderingContext2D, value: string, x: number, y: number, room: number, font: string, colour: string | undefined): void {
  const cut = cutText(context, value, room, font);
  context.font = font;
  context.fillStyle = colour ?? "";
  context.fillText(cut, x, y);
}

function rightText(context: CanvasRenderingContext2D, value: string, x: number, y: number, font: string, colour: string | undefined): void {
  context.textAlign = "right";
  text(context, value, x, y, Infinity, font, colour);
  context.textAlign = "left";
}

function cutText(context: CanvasRenderingContext2D, value: string, room: number, font: string): string {
  const key = `${font} ${Math.floor(room)} ${value}`;
  let cut = cuts.get(key);
  if (cut === undefined) {
    context.font = font;
    cut = value;
    if (context.measureText(value).width > room) {
      // Halving: a name of thousands of letters must not be measured thousands of times.
      let [fits, tooLong] = [0, value.length];
      while (tooLong - fits > 1) {
        const middle = (fits + tooLong) >> 1;
        if (context.measureText(`${value.slice(0, middle)}…`).width <= room) fits = middle;
        else tooLong = middle;
      }
      cut = `${value.slice(0, fits)}…`;
    }
    if (cuts.size >= MAX_CUTS) cuts.clear();
    cuts.set(key, cut);
  }
  return cut;
}

/** Cut strings were measured in a fallback font where the page's own came late. */
export function forgetMeasures(): void {
  cuts.clear();
}
