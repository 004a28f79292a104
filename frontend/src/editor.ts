import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { Room, View } from "./commands";
import type { Keeping, KeepingStore } from "./keeping";
import type { LayoutClient } from "./layout/layoutClient";
import type { ReadingState, ReadingStore } from "./reading";
import type { EditorStore, State } from "./store";
import type { TourStore } from "./tour";
import type { UiState, UiStore } from "./ui";

/** What every part of the page reaches through React's context. */
export interface Editor {
  readonly store: EditorStore;
  readonly ui: UiStore;
  readonly tour: TourStore;
  /** Where the model is kept. */
  readonly keeping: KeepingStore;
  /** How the model is looked at. */
  readonly reading: ReadingStore;
  readonly canTrain: boolean;
  readonly layouts: LayoutClient;
  /** The canvas's view comes and goes with the canvas. */
  readonly view: { current: View | null };
  /** The page's one file input; buttons click it. */
  readonly picker: { current: HTMLInputElement | null };
}

export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("this component stands outside the editor");
  return editor;
}

export function useModel<T>(selector: (state: State) => T): T {
  return useStore(useEditor().store, selector);
}

export function useUi<T>(selector: (state: UiState) => T): T {
  return useStore(useEditor().ui, selector);
}

export function useReading<T>(selector: (state: ReadingState) => T): T {
  return useStore(useEditor().reading, selector);
}

export function useKeeping<T>(selector: (state: Keeping) => T): T {
  return useStore(useEditor().keeping, selector);
}

/** What commands work on, as of now. */
export function roomOf({ store, ui, keeping, reading, tour, view }: Editor): Room {
  return { store, ui, keeping, reading, tour, view: view.current };
}
