import { diffOf, type Diff, type Document } from "../document";
import type { Json } from "../json";

// What the user says beside the model: places, the plan, problems that are known.

/** Places boxes; null gives a box back to the layout. It infers nothing. */
export function move(document: Document, positions: ReadonlyMap<string, readonly [x: number, y: number] | null>): Diff {
  return diffOf(document, new Map([...positions].map(([path, at]) => [`view/positions/${path}`, at ?? undefined])));
}

export function setPlan(document: Document, key: string, value: Json | undefined): Diff {
  return diffOf(document, new Map([[`plan/${key}`, value]]));
}

export function setPlans(document: Document, values: ReadonlyMap<string, Json | undefined>): Diff {
  return diffOf(document, new Map([...values].map(([key, value]) => [`plan/${key}`, value])));
}

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
