import { diffOf, squash, type Diff, type Document } from "../document";
import { isArray, isObject, type Json } from "../json";

// What the user says beside the model: places, the plan, problems that are known.

/** A place in the graph, or in the group with that id. */
export type Spot = readonly [x: number, y: number, group?: string];

/** Places boxes; null gives a box back to the layout. It infers nothing. */
export function move(document: Document, positions: ReadonlyMap<string, Spot | null>): Diff {
  return diffOf(document, new Map([...positions].map(([path, at]) => [`view/positions/${path}`, at === null ? undefined : toJson(at)])));
}

/** Places layers, and groups of layers by their ids. */
export function moveGroups(document: Document, layers: ReadonlyMap<string, Spot>, groups: ReadonlyMap<string, Spot>): Diff {
  const records = new Map<string, Json>();
  for (const [id, at] of groups) {
    const before = document.records.get(`view/groups/${id}`);
    records.set(`view/groups/${id}`, { ...(isObject(before) ? before : {}), at: toJson(at) });
  }
  return squash(move(document, layers), diffOf(document, records));
}

function toJson([x, y, group]: Spot): Json {
  return group === undefined ? [x, y] : [x, y, group];
}

/** A way to look at the model that is kept with it. */
export interface Bookmark {
  readonly camera: { readonly x: number; readonly y: number; readonly scale: number };
  readonly opened: readonly string[];
}

export function keepView(document: Document, name: string, { camera: { x, y, scale }, opened }: Bookmark): Diff {
  return diffOf(document, new Map([[`view/bookmarks/${name}`, { camera: [x, y, scale], opened: [...opened] }]]));
}

/** The views that a document keeps, by name, as they came. */
export function keptViews(document: Document): ReadonlyMap<string, Bookmark> {
  const found = new Map<string, Bookmark>();
  for (const [key, value] of document.records) {
    if (!key.startsWith(BOOKMARKS) || !isObject(value) || !isArray(value.camera) || !isArray(value.opened)) continue;
    const [x, y, scale] = value.camera;
    if (typeof x !== "number" || typeof y !== "number" || typeof scale !== "number") continue;
    found.set(key.slice(BOOKMARKS.length), { camera: { x, y, scale }, opened: value.opened.filter((id) => typeof id === "string") });
  }
  return found;
}

/** Gives a kept view another name. */
export function renameView(document: Document, from: string, to: string): Diff {
  const view = document.records.get(BOOKMARKS + from);
  return view === undefined || from === to ? diffOf(document, new Map()) : diffOf(document, new Map([[BOOKMARKS + from, undefined], [BOOKMARKS + to, view]]));
}

export function forgetView(document: Document, name: string): Diff {
  return diffOf(document, new Map([[BOOKMARKS + name, undefined]]));
}

const BOOKMARKS = "view/bookmarks/";

export function setPlan(document: Document, key: string, value: Json | undefined): Diff {
  return diffOf(document, new Map([[`plan/${key}`, value]]));
}

export function setPlans(document: Document, values: ReadonlyMap<string, Json | undefined>): Diff {
  return diffOf(document, new Map([...values].map(([key, value]) => [`plan/${key}`, value])));
}

/** Keeps what was typed for an argument, `7*7*256`, where its value is what that comes to; null forgets it. */
export function setExpression(document: Document, path: string, argument: string, text: string | null): Diff {
  return diffOf(document, new Map([[`view/expressions/${path}/${argument}`, text ?? undefined]]));
}

/** Writes beside a layer; an empty text takes the note away. */
export function setNote(document: Document, path: string, text: string): Diff {
  return diffOf(document, new Map([[`view/notes/${path}`, text.trim() === "" ? undefined : text]]));
}

/** Gives layers a colour of their own; null gives them back that of their kind. */
export function setColour(document: Document, paths: readonly string[], colour: OwnColour | null): Diff {
  return diffOf(document, new Map(paths.map((path) => [COLOURS + path, colour ?? undefined])));
}

/** The colours that layers have of their own, by their paths. A name of another version colours nothing. */
export function ownColours(document: Document | null): ReadonlyMap<string, OwnColour> {
  const found = new Map<string, OwnColour>();
  for (const [key, value] of document?.records ?? []) {
    const colour = key.startsWith(COLOURS) ? OWN_COLOURS.find((one) => one === value) : undefined;
    if (colour) found.set(key.slice(COLOURS.length), colour);
  }
  return found;
}

export const OWN_COLOURS = ["blue", "purple", "pink", "orange", "olive", "green", "grey"] as const;
export type OwnColour = (typeof OWN_COLOURS)[number];
const COLOURS = "view/colours/";

/** Warnings and hints of a code are left out from now on. */
export function ignore(document: Document, code: string): Diff {
  return diffOf(document, new Map([[IGNORED + code, true]]));
}

export function ignoreNothing(document: Document): Diff {
  return diffOf(document, new Map(ignoredCodes(document).map((code) => [IGNORED + code, undefined])));
}

/** The codes that a document leaves out. */
export function ignoredCodes(document: Document): string[] {
  return [...document.records.keys()].filter((key) => key.startsWith(IGNORED)).map((key) => key.slice(IGNORED.length)).sort();
}

const IGNORED = "view/ignored/";
