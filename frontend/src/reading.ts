import { createStore, type StoreApi } from "zustand/vanilla";
import type { Report } from "./api";
import type { Difference } from "./differences";
import type { Document } from "./document";
import type { Heat } from "./heat";

// How the open model is looked at: none of it changes the model, is undone or saved with it.

/** What boxes are coloured by. */
export type Colour = "kind" | "problems" | "names" | "dtype" | "frozen" | "masks" | Heat | "numbers";
/** One box a call, or one a layer with all of its calls. */
export type Unit = "calls" | "layers";
/** What stands on wires: shapes without the batch, with it by name, or nothing. */
export type Labels = "shapes" | "symbolic" | "off";
/** Numbers of a user's own by the path of a layer: a latency, a sparsity. */
export interface Numbers {
  readonly name: string;
  readonly values: ReadonlyMap<string, number>;
}
/** Outermost layers that are read as one thing, for who lists them. */
export interface Part {
  readonly id: string;
  readonly label: string;
  /** Of alike parts in a row: how many; else 0. */
  readonly times: number;
  /** Paths of layers, and parts. */
  readonly members: readonly (string | Part)[];
  /** Paths of all layers in it. */
  readonly paths: readonly string[];
}
/** What the colours of boxes say. */
export type Legend =
  | { readonly kind: "amount"; readonly least: number; readonly most: number }
  | { readonly kind: "classes"; readonly classes: readonly { readonly token: string; readonly label: string }[] };
/** The layers that are shown where not all are, and why these. */
export interface Focus {
  readonly title: string;
  readonly paths: ReadonlySet<string>;
}
/** Two saves that are looked at in turns. */
export interface Comparison {
  readonly before: Side;
  readonly after: Side;
  readonly differences: readonly Difference[];
  /** The one that the canvas shows. */
  readonly shown: "before" | "after";
}
export interface Side {
  readonly number: number;
  readonly document: Document;
  readonly report: Report;
}
/** A group or nested model on the way to what is selected. */
export interface Crumb {
  readonly id: string;
  readonly label: string;
}
/** A call of a layer. */
export interface Addressed {
  readonly path: string;
  readonly nodeIndex: number;
}
export interface ReadingState {
  /** Null: as large models are. */
  readonly isGrouped: boolean | null;
  /** Groups and nested models that are open. */
  readonly opened: ReadonlySet<string>;
  readonly unit: Unit;
  readonly colour: Colour;
  readonly labels: Labels;
  readonly numbers: Numbers | null;
  readonly focus: Focus | null;
  /** Where the ways that are asked for begin, while their other end is chosen. */
  readonly start: Focus | null;
  /** The find bar's text; null: the bar is closed. */
  readonly query: string | null;
  /** The place among what was found; -1: before the first. */
  readonly found: number;
  /** The call that is singled out of those of the selected layer; null: all are meant. */
  readonly call: Addressed | null;
  /** What the selection lies in, outermost first. */
  readonly crumbs: readonly Crumb[];
  readonly legend: Legend | null;
  /** What the model would be with another input, while somebody asks; nothing is changed by it. */
  readonly trial: Report | null;
  readonly comparison: Comparison | null;
  /** Where a link wants the view to be, once its model is drawn. */
  readonly arrival: { readonly x: number; readonly y: number; readonly scale: number } | null;
  /** The tensor that a link leads to, as it was written, once its model is drawn. */
  readonly place: string | null;
  /** The groups of the outermost model. */
  readonly parts: readonly Part[];
}
export interface ReadingStore extends StoreApi<ReadingState> {
  setOpen(ids: Iterable<string>, isOpen: boolean): void;
  /** Opens frames that were not there before, and says whether there were any: a frame is open until a hand closes it. */
  meet(ids: readonly string[]): boolean;
  /** Another model: what was opened and sought in the one before means nothing in it. */
  reset(): void;
}

// Below it a graph can be read without groups.
const GROUPED_LAYERS = 300;

/** Whether a model of so many layers is read in groups. */
export function readsGrouped({ isGrouped }: Pick<ReadingState, "isGrouped">, layers: number): boolean {
  return isGrouped ?? layers > GROUPED_LAYERS;
}

export function createReadingStore(): ReadingStore {
  const store = createStore<ReadingState>(() => ({
    isGrouped: null,
    opened: new Set(),
    unit: "calls",
    colour: "kind",
    labels: "shapes",
    numbers: null,
    focus: null,
    start: null,
    query: null,
    found: -1,
    call: null,
    crumbs: [],
    legend: null,
    trial: null,
    comparison: null,
    arrival: null,
    place: null,
    parts: [],
  }));
  let met = new Set<string>();
  return {
    ...store,
    meet: (ids) => {
      const fresh = ids.filter((id) => !met.has(id));
      if (fresh.length === 0) return false;
      met = new Set([...met, ...fresh]);
      store.setState(({ opened }) => ({ opened: new Set([...opened, ...fresh]) }));
      return true;
    },
    setOpen: (ids, isOpen) => {
      const opened = new Set(store.getState().opened);
      for (const id of ids) {
        if (isOpen) opened.add(id);
        else opened.delete(id);
      }
      store.setState({ opened });
    },
    reset: () => {
      met = new Set();
      store.setState({ opened: new Set(), focus: null, start: null, trial: null, comparison: null, found: -1, call: null, numbers: null, crumbs: [], ...(store.getState().colour === "numbers" ? { colour: "kind" } : {}) });
    },
  };
}
