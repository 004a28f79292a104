import { apply, isEmpty, reverse, squash, type Diff, type Document } from "./document";

/** One gesture: what it is called and what it did. */
export interface Entry {
  readonly title: string;
  readonly diff: Diff;
}
export interface History {
  readonly done: readonly Entry[];
  readonly undone: readonly Entry[];
}

export const NO_HISTORY: History = { done: [], undone: [] };

// An entry after a change upstream can hold a thousand records; 300 of those are some 50 MB.
const MAX_ENTRIES = 300;

/** Applies a change and remembers it. `merge` joins it with the last entry of that title: one entry a gesture. */
export function commit(document: Document, history: History, entry: Entry, merge: "merge" | "separate" = "separate"): History {
  if (isEmpty(entry.diff)) return history;
  apply(document, entry.diff);
  const last = history.done.at(-1);
  if (merge === "merge" && last?.title === entry.title) {
    const diff = squash(last.diff, entry.diff);
    const before = history.done.slice(0, -1);
    return { done: isEmpty(diff) ? before : [...before, { title: entry.title, diff }], undone: [] };
  }
  return { done: [...history.done, entry].slice(-MAX_ENTRIES), undone: [] };
}

export function undo(document: Document, history: History): History {
  const entry = history.done.at(-1);
  if (!entry) return history;
  apply(document, reverse(entry.diff));
  return { done: history.done.slice(0, -1), undone: [...history.undone, entry] };
}

export function redo(document: Document, history: History): History {
  const entry = history.undone.at(-1);
  if (!entry) return history;
  apply(document, entry.diff);
  return { done: [...history.done, entry], undone: history.undone.slice(0, -1) };
}
