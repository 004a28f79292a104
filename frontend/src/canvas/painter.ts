import { GLYPHS, type Family } from "../family";
import type { HeatStep } from "../heat";
import { BOX } from "../layout/layout";
import type { Colours } from "./colours";
import type { Scene } from "./scene";

export type Tier = "far" | "middle";
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}
export interface Placed {
  readonly scene: Scene;
  readonly positions: Float32Array;
  readonly cells: Int32Array;
}
export interface Paths {
  readonly known: Path2D;
  readonly unknown: Path2D;
  /** The leftmost x of each row of each column, which skipping wires keep clear of. */
  readonly lefts: readonly (readonly number[])[];
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
  /** The warmth of each box, where layers are coloured by an amount and not by their kind. */
  readonly heat: readonly (HeatStep | null)[] | null;
}

// Section 10 of the design: what costs is boxes with text, so their number decides, then the zoom.
const MIDDLE_BOXES = 500;

export function tierOf(visible: number, scale: number): Tier {
  return scale < 0.5 || visible > MIDDLE_BOXES ? "far" : "middle";
}

/** The numbers of the boxes that the window shows. */
export function visibleBoxes({ positions, camera, width, height }: Pick<Frame, "positions" | "camera" | "width" | "height">): number[] {
  const [left, top] = [camera.x - BOX.width, camera.y - BOX.height];
  const [right, bottom] = [camera.x + width / camera.scale, camera.y + height / camera.scale];
  const found: number[] = [];
  for (let i = 0; i < positions.length / 2; i += 1) {
    const [x, y] = corner(positions, i);
    if (x > left && x < right && y > top && y < bottom) found.push(i);
  }
  return found;
}

export function corner(positions: Float32Array, i: number): [x: number, y: number] {
  return [positions[2 * i] ?? 0, positions[2 * i + 1] ?? 0];
}

/** Wires as two paths, solid and dashed, in the world's measure: one stroke each a frame. `has` chooses by the ends. */
export function wirePaths(placed: Placed, has: (from: number, to: number) => boolean = () => true): Paths {
  const lefts = leftSides(placed);
  const paths = { known: new Path2D(), unknown: new Path2D(), lefts };
  const { edges, boxes } = placed.scene;
  for (let e = 0; e < edges.length / 2; e += 1) if (has(edges[2 * e] ?? 0, edges[2 * e + 1] ?? 0)) traceWire(boxes[edges[2 * e] ?? 0]?.isUnknown ? paths.unknown : paths.known, placed, lefts, e);
  return paths;
}

function leftSides({ positions, cells }: Placed): number[][] {
  const lefts: number[][] = [];
  for (let i = 0; i < positions.length / 2; i += 1) {
    const rows = (lefts[cells[2 * i] ?? 0] ??= []);
    const row = cells[2 * i + 1] ?? 0;
    rows[row] = Math.min(rows[row] ?? Infinity, corner(positions, i)[0]);
  }
  return lefts;
}

function traceWire(path: Path2D, { scene, positions, cells }: Placed, lefts: readonly (readonly number[])[], e: number): void {
  const [from, to] = [scene.edges[2 * e] ?? 0, scene.edges[2 * e + 1] ?? 0];
  const [fx, fy] = corner(positions, from);
  const [tx, ty] = corner(positions, to);
  const [x1, y1, x2, y2] = [fx + BOX.width / 2, fy + BOX.height, tx + BOX.width / 2, ty];
  const isSameColumn = cells[2 * from] === cells[2 * to];
  const rows = (cells[2 * to + 1] ?? 0) - (cells[2 * from + 1] ?? 0);
  path.moveTo(x1, y1);
  if (isSameColumn && rows === 1) {
    const middle = (y1 + y2) / 2;
    if (x1 === x2) path.lineTo(x2, y2);
    else path.bezierCurveTo(x1, middle, x2, middle, x2, y2);
  } else if (isSameColumn) {
    // A skip runs left of what lies between, so that it stays visible.
    const [fromRow, toRow] = [cells[2 * from + 1] ?? 0, cells[2 * to + 1] ?? 0];
    const between = (lefts[cells[2 * from] ?? 0] ?? []).slice(Math.min(fromRow, toRow), Math.max(fromRow, toRow) + 1);
    const side = between.reduce((low, x) => Math.min(low, x), Infinity) - 24 - 4 * Math.min(8, Math.abs(rows));
    path.bezierCurveTo(x1, y1 + 24, side, y1 + 24, side, y1 + 60);
    path.lineTo(side, y2 - 60);
    path.bezierCurveTo(side, y2 - 24, x2, y2 - 24, x2, y2);
  } else {
    // Wires into a column come down its left gutter, whatever stands in its rows.
    const gutter = (lefts[cells[2 * to] ?? 0] ?? []).reduce((low, x) => Math.min(low, x), Infinity) - BOX.gutter / 2;
    path.arcTo(x1, y1 + 12, gutter, y1 + 12, 8);
    path.arcTo(gutter, y1 + 12, gutter, y2 - 18, 8);
    path.arcTo(gutter, y2 - 18, x2, y2 - 18, 8);
    path.arcTo(x2, y2 - 18, x2, y2, 8);
    path.lineTo(x2, y2);
  }
}

const SMALL = "11px Inter, sans-serif";
const MONO = "11px JetBrains Mono, monospace";

/** Draws one frame and says in which tier. */
export function paint(context: CanvasRenderingContext2D, frame: Frame): Tier {
  const { camera, colours, pixelRatio, width, height, paths } = frame;
  const visible = visibleBoxes(frame);
  const tier = tierOf(visible.length, camera.scale);
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.fillStyle = colours.canvas ?? "";
  context.fillRect(0, 0, width, height);
  if (tier !== "far") paintDots(context, frame);
  const scale = camera.scale * pixelRatio;
  context.setTransform(scale, 0, 0, scale, -camera.x * scale, -camera.y * scale);
  context.strokeStyle = colours.wire ?? "";
  context.lineWidth = tier === "far" ? 1 / camera.scale : 1.5;
  context.setLineDash([]);
  for (const { known } of paths) context.stroke(known);
  context.setLineDash([5, 4]);
  for (const { unknown } of paths) context.stroke(unknown);
  context.setLineDash([]);
  paintSelectedWires(context, frame, tier);
  if (tier === "far") paintFar(context, frame, visible);
  else paintText(context, frame, visible);
  return tier;
}

/** The wires of what is selected, in the accent. */
function paintSelectedWires(context: CanvasRenderingContext2D, frame: Frame, tier: Tier): void {
  const { scene, selection, colours, camera, paths } = frame;
  const lefts = paths.at(-1)?.lefts ?? [];
  if (selection.size === 0) return;
  const isSelected = scene.boxes.map((box) => selection.has(box.path));
  const [known, unknown] = [new Path2D(), new Path2D()];
  for (let e = 0; e < scene.edges.length / 2; e += 1) {
    const [from, to] = [scene.edges[2 * e] ?? 0, scene.edges[2 * e + 1] ?? 0];
    if (isSelected[from] || isSelected[to]) traceWire(scene.boxes[from]?.isUnknown ? unknown : known, frame, lefts, e);
  }
  context.strokeStyle = colours.accent ?? "";
  context.lineWidth = tier === "far" ? 2 / camera.scale : 2;
  context.stroke(known);
  context.setLineDash([5, 4]);
  context.stroke(unknown);
  context.setLineDash([]);
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

/** Flat boxes, a path a colour. */
function paintFar(context: CanvasRenderingContext2D, frame: Frame, visible: readonly number[]): void {
  const { scene, positions, colours, selection, camera } = frame;
  const fills = new Map<string, Path2D>();
  const [errors, warnings, selected] = [new Path2D(), new Path2D(), new Path2D()];
  for (const i of visible) {
    const box = scene.boxes[i];
    if (!box) continue;
    const [x, y] = corner(positions, i);
    const token = tokenOf(frame, i);
    let fill = fills.get(token);
    if (!fill) fills.set(token, (fill = new Path2D()));
    fill.rect(x, y, BOX.width, BOX.height);
    if (box.mark) (box.mark.kind === "error" ? errors : warnings).rect(x, y, BOX.width, BOX.height);
    if (selection.has(box.path)) selected.rect(x, y, BOX.width, BOX.height);
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
  context.lineWidth = 3 / camera.scale;
  context.strokeStyle = colours.warn ?? "";
  context.stroke(warnings);
  context.strokeStyle = colours.error ?? "";
  context.stroke(errors);
  context.strokeStyle = colours.accent ?? "";
  context.stroke(selected);
}

/** The colour of a box. */
export function tokenOf({ scene, heat }: Pick<Frame, "scene" | "heat">, i: number): string {
  if (!heat) return `f-${scene.boxes[i]?.family ?? "op"}`;
  const step = heat[i] ?? null;
  return step === null ? "line-2" : `heat-${step}`;
}

function paintText(context: CanvasRenderingContext2D, frame: Frame, visible: readonly number[]): void {
  const { scene, positions, colours, selection } = frame;
  paintWireEnds(context, frame, new Set(visible));
  context.textBaseline = "alphabetic";
  for (const i of visible) {
    const box = scene.boxes[i];
    if (!box) continue;
    const [x, y] = corner(positions, i);
    const isError = box.mark?.kind === "error";
    const isSelected = selection.has(box.path);
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
    paintSpine(context, box.family, x, y, colours[tokenOf(frame, i)] ?? "", frame.heat ? (colours[(frame.heat[i] ?? 0) < 3 ? "ink" : "raised"] ?? "") : null);
    context.strokeStyle = colours[isSelected || box.isPreview ? "accent" : isError ? "error" : "line-2"] ?? "";
    context.lineWidth = isSelected ? 2 : isError || box.isPreview ? 1.5 : 1;
    context.beginPath();
    context.roundRect(x, y, BOX.width, BOX.height, 8);
    context.stroke();
    // Four lines: name; class and parameters; what comes in; what goes out, as plot_model(show_shapes=True) tells it.
    const [left, right] = [x + 37, x + BOX.width - 9];
    const room = right - left;
    const said = scene.textOf(i);
    text(context, box.nodeIndex === 0 ? box.name : `${box.name} [${box.nodeIndex}]`, left, y + 18, room, "600 13px Inter, sans-serif", colours.ink);
    context.font = SMALL;
    text(context, box.className, left, y + 33, room - context.measureText(said.parameters).width - 8, SMALL, colours["ink-3"]);
    rightText(context, said.parameters, right, y + 33, SMALL, colours["ink-3"]);
    text(context, said.input, left, y + 48, room - 16, fontOf(said.input), colours["ink-2"]);
    if (said.hasInput) rightText(context, "→", right, y + 48, SMALL, colours["ink-3"]);
    text(context, said.shape, left, y + 63, room, fontOf(said.shape), colours[box.isPreview ? "accent" : box.isUnknown ? "ink-3" : "ink"]);
    if (box.mark) paintTag(context, frame, x, y, box.mark.kind, box.mark.text);
  }
  paintPorts(context, frame, visible);
}

/** Shapes are monospace, words are not. */
function fontOf(value: string): string {
  return value.includes("(") ? MONO : SMALL;
}

/** The box's left edge with its glyph; filled with the whole colour where that says an amount and the glyph has its own. */
function paintSpine(context: CanvasRenderingContext2D, family: Family, x: number, y: number, colour: string, glyph: string | null): void {
  context.globalAlpha = glyph === null ? 0.14 : 1;
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(x, y, 28, BOX.height, [8, 0, 0, 8]);
  context.fill();
  context.globalAlpha = 1;
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

/** Round ports at the middle of the edges: filled is where a wire begins, hollow where one ends. */
function paintPorts(context: CanvasRenderingContext2D, { scene, positions, colours }: Frame, visible: readonly number[]): void {
  const [filled, hollow] = [new Path2D(), new Path2D()];
  const circle = (path: Path2D, x: number, y: number): void => {
    path.moveTo(x + 4.5, y);
    path.arc(x, y, 4.5, 0, 2 * Math.PI);
  };
  for (const i of visible) {
    const [x, y] = corner(positions, i);
    circle(filled, x + BOX.width / 2, y + BOX.height);
    if (scene.boxes[i]?.takesInput) circle(hollow, x + BOX.width / 2, y);
  }
  context.fillStyle = colours.wire ?? "";
  context.fill(filled);
  context.fillStyle = colours.port ?? "";
  context.fill(hollow);
  context.strokeStyle = colours.wire ?? "";
  context.lineWidth = 1.5;
  context.stroke(hollow);
}

/** Arrowheads, and what goes through a wire at its right. */
function paintWireEnds(context: CanvasRenderingContext2D, { scene, positions, cells, colours }: Frame, visible: ReadonlySet<number>): void {
  const { edges, labelOf } = scene;
  const heads = new Path2D();
  // A tensor that goes in twice, as query and value, is one wire to the eye.
  const said = new Set<string>();
  context.textAlign = "left";
  for (let e = 0; e < edges.length / 2; e += 1) {
    const [from, to] = [edges[2 * e] ?? 0, edges[2 * e + 1] ?? 0];
    if (!visible.has(to) || said.has(`${from} ${to}`)) continue;
    said.add(`${from} ${to}`);
    const [tx, ty] = corner(positions, to);
    const x = tx + BOX.width / 2;
    heads.moveTo(x, ty - 5);
    heads.lineTo(x - 4, ty - 12);
    heads.lineTo(x + 4, ty - 12);
    const isStraight = cells[2 * from] === cells[2 * to] && cells[2 * from + 1] === (cells[2 * to + 1] ?? 0) - 1 && corner(positions, from)[0] === tx;
    if (isStraight) text(context, labelOf(e), x + 10, ty - BOX.gapDown / 2 + 4, 100, MONO, colours["ink-2"]);
  }
  context.fillStyle = colours.wire ?? "";
  context.fill(heads);
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
