import type { Camera } from "../commands";
import type { Point, Spots } from "../deeds";
import type { Frame } from "../intents/frames";
import type { Spot as Place } from "../intents/view";
import { FRAME } from "../layout/arrange";
import { corner, visibleBoxes, type Placed } from "./placed";
import type { Box, Scene } from "./scene";

/** Boxes on their way into a frame or out of it: the frame, its number where they go in, and the box that they will lie in. */
export interface Crossing {
  readonly boxes: readonly number[];
  readonly frame: Frame;
  readonly to: number;
  readonly into: number;
}
/** A rectangle on the canvas, in pixels from its corner. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The point of the graph that is drawn at a pixel of the canvas. */
export function worldOf({ x, y, scale }: Camera, left: number, top: number): Point {
  return [x + left / scale, y + top / scale];
}

/** Where a box is drawn. */
export function areaOf({ positions, sizes }: Placed, { x, y, scale }: Camera, i: number): Area {
  const [[left, top], [width, height]] = [corner(positions, i), corner(sizes, i)];
  return { left: (left - x) * scale, top: (top - y) * scale, right: (left + width - x) * scale, bottom: (top + height - y) * scale };
}

/** The box at a point of the graph. Of a frame only its header and what lies in it can be hit: the rest is canvas. */
export function boxAt(placed: Placed, [x, y]: Point): number | null {
  const found = visibleBoxes({ ...placed, camera: { x, y, scale: 1 }, width: 0, height: 0 });
  return found.findLast((i) => !placed.scene.boxes[i]?.isOpen || y < corner(placed.positions, i)[1] + FRAME.header) ?? null;
}

/** Whether a point lies on a box, an open frame's inside included. */
export function isOver({ positions, sizes }: Placed, i: number, [x, y]: Point): boolean {
  const [[left, top], [width, height]] = [corner(positions, i), corner(sizes, i)];
  return x >= left && x <= left + width && y >= top && y <= top + height;
}

/** The layer with one call whose output leaves near a point. */
export function outPortAt({ scene, positions, sizes }: Placed, [x, y]: Point, reach: number): number | null {
  const found = scene.boxes.findLastIndex((box, i) => {
    if (box.kind !== "call" || box.isOpen || box.ports.length > 0) return false;
    const [[left, top], [width, height]] = [corner(positions, i), corner(sizes, i)];
    return Math.hypot(x - left - width / 2, y - top - height) <= reach;
  });
  return found < 0 ? null : found;
}

/** Of some boxes those that lie in none of the others. */
export function outermost(boxes: readonly Box[], some: readonly number[]): number[] {
  const all = new Set(some);
  return [...all].filter((i) => !outwards(boxes, i).some((up) => all.has(up)));
}

/** Some boxes with all that lies in them: it comes after them. */
export function withInside(boxes: readonly Box[], some: readonly number[]): Set<number> {
  const all = new Set(some);
  boxes.forEach((box, i) => { if (all.has(box.parent)) all.add(i); });
  return all;
}

/** Who holds all that lies in a frame holds the frame. */
export function withFrames({ boxes, nests }: Scene, some: readonly number[]): number[] {
  const all = new Set(some);
  for (const nest of nests) if (boxes[nest.frame]?.frame && nest.boxes.every((i) => all.has(i))) all.add(nest.frame);
  return [...all];
}

/** What dragged boxes would go into or out of at a point. No frame lies in another. */
export function crossingAt(placed: Placed, dragged: readonly number[], at: Point): Crossing | null {
  const { boxes } = placed.scene;
  const [first] = dragged;
  if (first === undefined) return null;
  const level = levelOf(boxes, first);
  const to = boxes.findLastIndex((box, i) => box.frame !== null && box.isOpen && levelOf(boxes, i) === level && isOver(placed, i, at));
  const crossing = dragged.filter((i) => !boxes[i]?.frame && levelOf(boxes, i) === level && frameAround(boxes, i) !== to);
  const [one] = crossing;
  if (one === undefined) return null;
  const from = frameAround(boxes, one);
  const frame = boxes[to < 0 ? from : to]?.frame;
  return frame ? { boxes: crossing, frame, to, into: to < 0 ? (boxes[from]?.parent ?? -1) : to } : null;
}

/** Corners of boxes as the document keeps places; a layer's record speaks of its first call. */
export function spotsOf({ scene: { boxes }, origins }: Placed, corners: readonly (readonly [number, Point])[], crossing: Crossing | null = null): Spots {
  const [layers, groups] = [new Map<string, Place>(), new Map<string, Place>()];
  for (const [i, [x, y]] of corners) {
    const box = boxes[i];
    if (!box || (box.kind === "call" && box.nodeIndex > 0)) continue;
    const around = crossing?.boxes.includes(i) ? crossing.into : box.parent;
    const [ox, oy] = origins.get(around) ?? [0, 0];
    const inside = boxes[around]?.id;
    (box.kind === "call" ? layers : groups).set(box.kind === "call" ? box.path : box.id, inside === undefined ? [x - ox, y - oy] : [x - ox, y - oy, inside]);
  }
  return { layers, groups };
}

/** The boxes that a box lies in, from inside out. */
function outwards(boxes: readonly Box[], i: number): number[] {
  const found: number[] = [];
  for (let up = boxes[i]?.parent ?? -1; up >= 0; up = boxes[up]?.parent ?? -1) found.push(up);
  return found;
}

/** The model that a box lies in, by its number; -1: the outermost. */
function levelOf(boxes: readonly Box[], i: number): number {
  return outwards(boxes, i).find((up) => boxes[up]?.kind === "call") ?? -1;
}

/** The frame that a box lies in, by its number; -1: none. */
function frameAround(boxes: readonly Box[], i: number): number {
  const up = outwards(boxes, i).find((one) => boxes[one]?.kind === "call" || boxes[one]?.frame) ?? -1;
  return boxes[up]?.frame ? up : -1;
}
