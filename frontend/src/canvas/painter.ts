import { FRAME } from "../layout/arrange";
import { paintFound, paintFrames, paintText } from "./boxes";
import type { Connection } from "./connection";
import { cutText, text } from "./lettering";
import { corner, isBoxSelected, isOfCall, visibleBoxes, type Frame, type Placed, type Tier } from "./placed";
import { portX } from "./ports";
import { blamedWires, isUnknown, NO_SIDES, tracedWires, traceWire, wiresInView } from "./wires";

// Section 10 of the design: what costs is boxes with text, so their number decides, then the zoom.
const MIDDLE_BOXES = 500;

export function tierOf(visible: number, scale: number): "far" | "middle" {
  return scale < 0.5 || visible > MIDDLE_BOXES ? "far" : "middle";
}

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
  if (visible.length > FEW_BOXES || paint.isFilled) return;
  for (const i of visible) if (!scene.boxes[i]?.isOpen) paintNameInside(context, frame, i);
}

/** A few boxes are told by their names, as long as these can be read in them. */
function paintNameInside(context: CanvasRenderingContext2D, { scene, positions, sizes, colours, camera }: Frame, i: number): void {
  const [x, y] = corner(positions, i);
  const [width, height] = corner(sizes, i).map((length) => length * camera.scale) as [number, number];
  if (width < INSIDE.width || height < INSIDE.height) return;
  context.save();
  context.translate(x, y);
  context.scale(1 / camera.scale, 1 / camera.scale);
  context.textBaseline = "alphabetic";
  text(context, scene.boxes[i]?.name ?? "", 6, height / 2 + 4, width - 12, INSIDE.font, colours.canvas);
  context.restore();
}

const FEW_BOXES = 60;
const INSIDE = { width: 64, height: 16, font: "600 11px Inter, sans-serif" } as const;

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
