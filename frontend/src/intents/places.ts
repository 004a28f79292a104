import { diffOf, type Diff, type Document } from "../document";
import { isObject, without, type Json } from "../json";
import { moveGroups, type Spot } from "./view";

// Boxes put in line by hand: pure sums over where they are drawn, and which of them stay when the graph is tidied.

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export type Side = "left" | "centre" | "right" | "top" | "middle" | "bottom";
export type Axis = "across" | "down";
export type Corners = ReadonlyMap<string, readonly [x: number, y: number]>;

/** Where boxes stand with one side, or their middles, in a line: that of the outermost, middles in the middle of all. */
export function aligned(boxes: ReadonlyMap<string, Rect>, side: Side): Corners {
  const all = [...boxes.values()];
  const [left, right] = [least(all.map(({ x }) => x)), most(all.map(({ x, width }) => x + width))];
  const [top, bottom] = [least(all.map(({ y }) => y)), most(all.map(({ y, height }) => y + height))];
  const put: Readonly<Record<Side, (box: Rect) => readonly [number, number]>> = {
    left: ({ y }) => [left, y],
    centre: ({ y, width }) => [(left + right - width) / 2, y],
    right: ({ y, width }) => [right - width, y],
    top: ({ x }) => [x, top],
    middle: ({ x, height }) => [x, (top + bottom - height) / 2],
    bottom: ({ x, height }) => [x, bottom - height],
  };
  return new Map([...boxes].map(([id, box]) => [id, put[side](box)]));
}

/** Where boxes stand with equal gaps between them, in their order; the outermost two stay. */
export function distributed(boxes: ReadonlyMap<string, Rect>, axis: Axis): Corners {
  const [start, length] = axis === "across" ? (["x", "width"] as const) : (["y", "height"] as const);
  const inOrder = [...boxes].sort(([, a], [, b]) => a[start] + a[length] / 2 - b[start] - b[length] / 2);
  const [first, last] = [inOrder[0]?.[1], inOrder.at(-1)?.[1]];
  if (!first || !last) return new Map();
  const room = last[start] + last[length] - first[start] - inOrder.reduce((sum, [, box]) => sum + box[length], 0);
  const gap = room / Math.max(1, inOrder.length - 1);
  let at = first[start];
  return new Map(inOrder.map(([id, box]) => {
    const place = at;
    at += box[length] + gap;
    return [id, axis === "across" ? [place, box.y] : [box.x, place]] as const;
  }));
}

/** What the hand placed goes back to the layout, but for what is pinned: these layers and groups, or all. */
export function tidy(document: Document, which: { readonly layers: readonly string[]; readonly groups: readonly string[] } | "all"): Diff {
  const records = new Map<string, Json | undefined>();
  const layers = which === "all" ? named(document, POSITIONS) : which.layers;
  for (const path of layers) if (!isPinned(document, path)) records.set(POSITIONS + path, undefined);
  for (const id of which === "all" ? named(document, GROUPS) : which.groups) {
    const group = document.records.get(GROUPS + id);
    if (!isObject(group) || group.pinned === true) continue;
    const rest = without(group, "at");
    records.set(GROUPS + id, Object.keys(rest).length === 0 ? undefined : rest);
  }
  return diffOf(document, records);
}

/** Pins layers and groups where they are drawn; they stay there when the graph is tidied. */
export function pin(document: Document, layers: ReadonlyMap<string, Spot>, groups: ReadonlyMap<string, Spot>): Diff {
  const open: Document = { ...document, records: new Map(document.records) };
  const moved = moveGroups(open, layers, groups);
  const records = new Map<string, Json | undefined>([...Object.entries(moved.added), ...Object.entries(moved.updated).map(([key, [, to]]) => [key, to] as const)]);
  for (const path of layers.keys()) records.set(PINS + path, true);
  for (const id of groups.keys()) {
    const key = GROUPS + id;
    const group = records.get(key) ?? document.records.get(key);
    records.set(key, { ...(isObject(group) ? group : {}), pinned: true });
  }
  return diffOf(document, records);
}

/** Lets layers and groups go; they stay where they are until the graph is tidied. */
export function unpin(document: Document, layers: readonly string[], groups: readonly string[]): Diff {
  const records = new Map<string, Json | undefined>(layers.map((path) => [PINS + path, undefined]));
  for (const id of groups) {
    const group = document.records.get(GROUPS + id);
    if (isObject(group)) records.set(GROUPS + id, without(group, "pinned"));
  }
  return diffOf(document, records);
}

export function isPinned(document: Document | null, path: string): boolean {
  return document?.records.get(PINS + path) === true;
}

export function isGroupPinned(document: Document | null, id: string): boolean {
  const group = document?.records.get(GROUPS + id);
  return isObject(group) && group.pinned === true;
}

const [POSITIONS, GROUPS, PINS] = ["view/positions/", "view/groups/", "view/pins/"] as const;

function named(document: Document, prefix: string): string[] {
  return [...document.records.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

function least(values: readonly number[]): number {
  return values.reduce((low, value) => Math.min(low, value), Infinity);
}

function most(values: readonly number[]): number {
  return values.reduce((high, value) => Math.max(high, value), -Infinity);
}
