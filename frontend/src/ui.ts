import { createStore, type StoreApi } from "zustand/vanilla";
import type { ArgumentDocs, CatalogEntry, CatalogObjects, Example } from "./api";
import type { Source, Use } from "./intents/wires";

// What the frame shows beside the document: open panels, tabs, dialogs and a notice. None of it is undone or saved.

export type LeftTab = "add" | "layers";
export type BottomTab = "problems" | "summary" | "json" | "python" | "training";
export type Floating = LeftTab | "inspector";

/** What the pointer is at: where a menu was asked for, where something is dropped. */
export type Spot =
  | { readonly kind: "layer"; readonly path: string; readonly nodeIndex: number }
  /** Where a wire begins. */
  | { readonly kind: "port"; readonly path: string; readonly nodeIndex: number }
  /** The title of a frame, or a closed one, with its layers. */
  | { readonly kind: "frame"; readonly paths: readonly string[] }
  | { readonly kind: "wire"; readonly from: Source; readonly to: Use }
  /** Nothing; `at` is the point of the window, where a pointer is there. */
  | { readonly kind: "void"; readonly at: readonly [x: number, y: number] | null };
/** The menu of layers to add, where it stands in the window. */
export interface QuickAdd {
  readonly x: number;
  readonly y: number;
  /** What the new layer takes: a wire that was dropped, or a wire that it goes into. Null: what follows the selection. */
  readonly from: Source | null;
  readonly onto: Use | null;
  /** The layers that are to become another; empty where one is added. */
  readonly instead: readonly string[];
  /** Where the new layer is to stand, in the graph's measure; null: where the layout puts it. */
  readonly place: readonly [x: number, y: number] | null;
}

export interface Notice {
  /** What could not be done, or what was. */
  readonly kind: "problem" | "done";
  readonly text: string;
  readonly hint: string | null;
}
export interface UiState {
  readonly leftTab: LeftTab;
  readonly bottomTab: BottomTab;
  readonly isBottomOpen: boolean;
  readonly bottomHeight: number;
  /** On a narrow window at most one panel floats over the canvas. */
  readonly floating: Floating | null;
  readonly dialog: "paste" | "keys" | "commands" | "keep" | "saves" | "views" | null;
  /** What the palette of commands opens with: `>`, `@` or `#`. */
  readonly asked: string;
  readonly quickAdd: QuickAdd | null;
  /** Where the menu of the canvas was asked for. */
  readonly spot: Spot;
  /** What the paste dialog opens with: a traceback that was pasted onto the page. */
  readonly pasted: string;
  readonly notice: Notice | null;
  readonly catalog: readonly CatalogEntry[] | null;
  /** What initializers and their like can be; it comes with the catalog. */
  readonly objects: CatalogObjects | null;
  /** What arguments are for; it comes when the first layer is looked at. */
  readonly argumentDocs: ArgumentDocs | null;
  readonly examples: readonly Example[];
  /** The zoom of the canvas, in percent. */
  readonly zoom: number;
}
export interface UiStore extends StoreApi<UiState> {
  showTab(tab: BottomTab): void;
  /** Says what could not be done. */
  notify(text: string, hint?: string | null): void;
  /** Says what was done, where nothing else shows it. */
  confirm(text: string): void;
}

export function createUiStore(): UiStore {
  const store = createStore<UiState>(() => ({
    leftTab: "add",
    bottomTab: "problems",
    isBottomOpen: false,
    bottomHeight: 188,
    floating: null,
    dialog: null,
    asked: "",
    quickAdd: null,
    spot: { kind: "void", at: null },
    pasted: "",
    notice: null,
    catalog: null,
    objects: null,
    argumentDocs: null,
    examples: [],
    zoom: 100,
  }));
  return {
    ...store,
    showTab: (tab) => {
      // Training has a form and curves: at the usual height neither could be read.
      store.setState(({ bottomHeight }) => ({ bottomTab: tab, isBottomOpen: true, bottomHeight: tab === "training" ? Math.max(bottomHeight, 380) : bottomHeight }));
    },
    notify: (text, hint = null) => {
      store.setState({ notice: { kind: "problem", text, hint } });
    },
    confirm: (text) => {
      store.setState({ notice: { kind: "done", text, hint: null } });
    },
  };
}
