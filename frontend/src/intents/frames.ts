import { type Diff, type Document } from "../document";
import { isObject, type Json, type JsonObject } from "../json";
import { change, type Change } from "./change";
import { OWN_COLOURS, type OwnColour } from "./view";

// Frames: layers that a hand put together under a name. A layer says the frame that it lies in, so that the record goes
// where the layer goes; name, colour and place stand among the groups. A frame without layers is none.

export interface Frame {
  readonly id: string;
  readonly name: string;
  readonly colour: OwnColour | null;
  readonly paths: readonly string[];
}

/** The frames of a document by their ids, as they came. */
export function framesOf(document: Document | null): ReadonlyMap<string, Frame> {
  const found = new Map<string, Frame & { paths: string[] }>();
  for (const [key, id] of document?.records ?? []) {
    if (!key.startsWith(FRAMES) || typeof id !== "string" || !document?.records.has(`layer/${key.slice(FRAMES.length)}`)) continue;
    let frame = found.get(id);
    if (!frame) found.set(id, (frame = { id, ...looksOf(id, document.records.get(GROUPS + id)), paths: [] }));
    frame.paths.push(key.slice(FRAMES.length));
  }
  return found;
}

/** The frame that all of these layers lie in; null where there is none. */
export function commonFrame(document: Document | null, paths: Iterable<string>): string | null {
  const ids = new Set([...paths].map((path) => document?.records.get(FRAMES + path) ?? null));
  const [id] = ids;
  return ids.size === 1 && typeof id === "string" ? id : null;
}

/** The frames that some of these layers lie in. */
export function framesOfLayers(document: Document | null, paths: Iterable<string>): ReadonlySet<string> {
  return new Set([...paths].flatMap((path) => { const id = document?.records.get(FRAMES + path); return typeof id === "string" ? [id] : []; }));
}

/** What the part of a frame that lies in the model at `parent` is called among that model's groups. */
export function groupOfFrame(id: string, parent: string): string {
  return parent === "" ? id : `${parent}/${id}`;
}

/** Puts layers into a frame of their own; without any there is no frame. What a hand placed elsewhere goes back to the layout. */
export function putFrame(document: Document, paths: readonly string[], id: string, name: string): Diff {
  const next = change(document);
  if (paths.some((path) => next.get(`layer/${path}`) !== undefined)) next.set(GROUPS + id, { name });
  putInto(next, paths, id);
  return next.diff();
}

/** An id that no frame has or had a place under. */
export function freeFrame(document: Document): string {
  const numbers = [...document.records].flatMap(([key, value]) => [key.startsWith(GROUPS) ? key : "", key.startsWith(FRAMES) ? value : ""]).map((id) => (typeof id === "string" ? Number(/frame (\d+)$/.exec(id)?.[1] ?? 0) : 0));
  return `frame ${numbers.reduce((most, number) => Math.max(most, number), 0) + 1}`;
}

/** Puts layers into a frame, or out of theirs. */
export function joinFrame(document: Document, paths: readonly string[], id: string | null): Diff {
  const next = change(document);
  putInto(next, paths, id);
  return next.diff();
}

/** Takes a frame away; its layers stay. */
export function dissolveFrame(document: Document, id: string): Diff {
  return joinFrame(document, framesOf(document).get(id)?.paths ?? [], null);
}

export function renameFrame(document: Document, id: string, name: string): Diff {
  return withLooks(document, id, { name });
}

/** Gives a frame a colour; null takes it away. */
export function colourFrame(document: Document, id: string, colour: OwnColour | null): Diff {
  return withLooks(document, id, { colour: colour ?? undefined });
}

/** Forgets the frames that were left by their last layer. */
export function dropEmptyFrames(next: Change, left: Iterable<string>): void {
  const gone = new Set(left);
  if (gone.size === 0) return;
  const keys = next.keys();
  for (const key of keys) if (key.startsWith(FRAMES)) gone.delete(String(next.get(key)));
  for (const key of keys) if (key.startsWith(GROUPS) && gone.has(key.slice(Math.max(GROUPS.length, key.lastIndexOf("/") + 1)))) next.set(key, undefined);
}

/** The frames that layers lie in. */
export function framesAround(next: Pick<Change, "get">, paths: readonly string[]): string[] {
  return paths.flatMap((path) => { const id = next.get(FRAMES + path); return typeof id === "string" ? [id] : []; });
}

const [FRAMES, GROUPS, POSITIONS] = ["view/frames/", "view/groups/", "view/positions/"] as const;

function putInto(next: Change, paths: readonly string[], id: string | null): void {
  const moved = paths.filter((path) => next.get(`layer/${path}`) !== undefined && (next.get(FRAMES + path) ?? null) !== id);
  const left = framesAround(next, moved);
  for (const path of moved) {
    next.set(FRAMES + path, id ?? undefined);
    next.set(POSITIONS + path, undefined);
  }
  dropEmptyFrames(next, left);
}

function withLooks(document: Document, id: string, looks: Readonly<Record<string, Json | undefined>>): Diff {
  const next = change(document);
  const before = next.get(GROUPS + id);
  const entries = Object.entries({ ...(isObject(before) ? before : {}), ...looks }).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  next.set(GROUPS + id, Object.fromEntries(entries));
  return next.diff();
}

function looksOf(id: string, record: Json | undefined): Pick<Frame, "name" | "colour"> {
  const { name, colour }: JsonObject = isObject(record) ? record : {};
  return { name: typeof name === "string" && name !== "" ? name : id, colour: OWN_COLOURS.find((one) => one === colour) ?? null };
}
