import { GLYPHS, type Family } from "../family";
import { FRAME } from "../layout/arrange";
import { BOX } from "../layout/layout";
import { t } from "../words/words";
import type { Colours } from "./colours";
import { cutText, fontOf, MONO, rightText, SMALL, text } from "./lettering";
import { frameToken } from "./paints";
import { corner, isBoxSelected, type Frame, type Placed, type PortSpot } from "./placed";
import { PILL, PIN, portAtX, portOf, portPath, portText, portWidth, portX } from "./ports";
import type { Box, CallPort, Scene } from "./scene";
import { endsOf, isStraight } from "./wires";

// Boxes that can be read: frames, layers, what stands on them, and their ports.

/** Rings with a gap of canvas about what a search found, so that they read on any colour. */
export function paintFound(context: CanvasRenderingContext2D, { scene, positions, sizes, colours, highlight, camera }: Frame, visible: readonly number[]): void {
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

export function paintText(context: CanvasRenderingContext2D, frame: Frame, visible: readonly number[]): void {
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
export function paintFrames(context: CanvasRenderingContext2D, { scene, positions, sizes, colours, camera, selection }: Frame, visible: readonly number[]): void {
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
  const isLitAt = (k: number): boolean => (isSelected && call !== null && call.path === box.path && call.nodeIndex === box.ports[k]?.nodeIndex) || (pointed?.box === i && pointed.port === k);
  const paintAt = (k: number, isLit: boolean): void => {
    const port = box.ports[k];
    if (!port) return;
    for (const side of ["in", "out"] as const) {
      const { left, top, width: w, height: h, text: said } = pillOf(box, port, k, side, [x, y, width, height], isLit);
      context.beginPath();
      context.roundRect(left, top, w, h, h / 2);
      context.fillStyle = colours[isLit ? "accent-fill" : side === "out" ? "ink-2" : "port"] ?? "";
      context.fill();
      context.strokeStyle = colours[isLit ? "accent" : side === "out" ? "ink-2" : "wire"] ?? "";
      context.lineWidth = 1.5;
      context.stroke();
      text(context, said, left + (w - said.length * PILL.letter) / 2, top + 11.5, Infinity, PILL.font, colours[isLit ? "on-fill" : side === "out" ? "canvas" : "ink"]);
    }
  };
  const all = box.ports.map((_, k) => k);
  // The one that is looked at says all of itself, over its neighbours.
  for (const k of all) if (!isLitAt(k)) paintAt(k, false);
  for (const k of all) if (isLitAt(k)) paintAt(k, true);
}

/** The pill of a call's port, about a place on the edge of its box. */
export function pillOf({ ports }: Box, { nodeIndex, into, out }: CallPort, k: number, side: PortSpot["side"], [x, y, width, height]: readonly [number, number, number, number], isLit = false): { readonly left: number; readonly top: number; readonly width: number; readonly height: number; readonly text: string } {
  const said = portText(width, ports.length, nodeIndex, side === "in" ? into : out, isLit);
  const w = portWidth(ports.length, said, isLit);
  const h = said === "" ? w : PILL.height;
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
