import { createStore, type StoreApi } from "zustand/vanilla";
import type { State } from "./store";
import type { UiState } from "./ui";

// The tour: five deeds on the real page, from opening a model to training it. Whoever does a deed goes on by it.

export const TOUR = ["open", "problems", "fix", "edit", "train", "end"] as const;
export type TourStep = (typeof TOUR)[number];

/** What the tour sees of the page. */
export interface Seen {
  readonly isOpen: boolean;
  readonly isListed: boolean;
  readonly isTraining: boolean;
  readonly isPreview: boolean;
  /** Changes that were made and can be undone. */
  readonly edits: number;
}
export interface TourState {
  /** Null: no tour is under way. */
  readonly step: TourStep | null;
  /** What the page looked like when the step began. */
  readonly began: Seen | null;
  /** Whether this browser's user has taken it, or has left it. */
  readonly isKnown: boolean;
}
export interface TourStore extends StoreApi<TourState> {
  begin(now: Seen): void;
  /** Goes on where the deed of the step is done. */
  see(now: Seen): void;
  next(now: Seen): void;
  leave(): void;
}

export function seenOf({ document, status, history, preview }: State, { isBottomOpen, bottomTab }: UiState): Seen {
  return {
    isOpen: document !== null && status !== "opening",
    isListed: isBottomOpen && bottomTab === "problems",
    isTraining: isBottomOpen && bottomTab === "training",
    isPreview: preview !== null,
    edits: history.done.length,
  };
}

/** Whether the deed of a step is done. */
export function isDone(step: TourStep, began: Seen, now: Seen): boolean {
  switch (step) {
    case "open":
      return now.isOpen;

    case "fix":
    case "edit":
      return !now.isPreview && now.edits > began.edits;
    case "train":
      return now.isTraining;
    // Problems are there to be read: a broken model lists them by itself.
    case "problems":
    case "end":
      return false;
  }
}

/** `kept` is this browser's memory of whether the tour was taken. */
export function createTourStore(kept: { readonly read: () => boolean; readonly write: () => void }): TourStore {
  const store = createStore<TourState>(() => ({ step: null, began: null, isKnown: kept.read() }));
  const to = (step: TourStep, now: Seen): void => {
    store.setState({ step, began: now });
    if (step === "end") remember();
  };
  const remember = (): void => {
    kept.write();
    store.setState({ isKnown: true });
  };
  const after = (step: TourStep): TourStep => TOUR[Math.min(TOUR.indexOf(step) + 1, TOUR.length - 1)] ?? "end";
  return {
    ...store,
    begin: (now) => {
      // What is open already need not be opened.
      to(now.isOpen ? "problems" : "open", now);
    },
    see: (now) => {
      const { step, began } = store.getState();
      if (step === null || began === null) return;
      if (isDone(step, began, now)) to(after(step), now);
      else if (now.edits < began.edits) store.setState({ began: now }); // undone, or another model
    },
    next: (now) => {
      const { step } = store.getState();
      if (step !== null) to(after(step), now);
    },
    leave: () => {
      store.setState({ step: null, began: null });
      remember();
    },
  };
}

const KEY = "layerwright-tour";

/** This browser's memory; one that refuses storage offers the tour as if it were new. */
export const BROWSER_MEMORY = {
  read: (): boolean => {
    try {
      return localStorage.getItem(KEY) !== null;
    } catch {
      return false;
    }
  },
  write: (): void => {
    try {
      localStorage.setItem(KEY, "taken");
    } catch {
      // It is forgotten when the page is closed.
    }
  },
};
