import { describe, expect, it } from "vitest";
import { createTourStore, isDone, TOUR, type Seen, type TourStore } from "./tour";

const START: Seen = { isOpen: false, isListed: false, isTraining: false, isPreview: false, edits: 0 };
const taken = (isKnown = false): { tour: TourStore; written: () => number } => {
  let count = 0;
  return { tour: createTourStore({ read: () => isKnown, write: () => { count += 1; } }), written: () => count };
};

describe("the tour", () => {
  it("goes on by the deeds themselves, from an empty page to training", () => {
    const { tour, written } = taken();
    tour.begin(START);
    const deeds: Seen[] = [
      { ...START, isOpen: true },
      { ...START, isOpen: true, isListed: true, edits: 1 },
      { ...START, isOpen: true, isListed: true, edits: 2 },
      { ...START, isOpen: true, isTraining: true, edits: 2 },
    ];
    const seen = deeds.map((now) => {
      tour.see(now);
      if (tour.getState().step === "problems") tour.next(now);
      return tour.getState().step;
    });
    expect(seen).toEqual(["fix", "edit", "train", "end"]);
    expect(written()).toBe(1);
  });

  it("leaves time to read the problems, which a broken model lists by itself", () => {
    const { tour } = taken();
    tour.begin({ ...START, isOpen: true, isListed: true });
    tour.see({ ...START, isOpen: true, isListed: true, edits: 1 });
    expect(tour.getState().step).toBe("problems");
    tour.next({ ...START, isOpen: true, isListed: true });
    expect(tour.getState().step).toBe("fix");
  });

  it("does not take a preview for a fix, nor an undo for an edit", () => {
    const { tour } = taken();
    tour.begin({ ...START, isOpen: true });
    tour.next({ ...START, isOpen: true, isListed: true, edits: 3 });
    tour.see({ ...START, isOpen: true, isListed: true, isPreview: true, edits: 4 });
    expect(tour.getState().step).toBe("fix");
    tour.see({ ...START, isOpen: true, edits: 2 });
    tour.see({ ...START, isOpen: true, edits: 3 });
    expect(tour.getState().step).toBe("edit");
  });

  it("begins with the problems where a model is open", () => {
    const { tour } = taken();
    tour.begin({ ...START, isOpen: true });
    expect(tour.getState().step).toBe("problems");
  });

  it("can be left at every step, and is remembered then", () => {
    for (const step of TOUR) {
      const { tour, written } = taken();
      tour.begin(START);
      while (tour.getState().step !== step) tour.next(START);
      const before = written();
      tour.leave();
      expect(tour.getState()).toEqual({ step: null, began: null, isKnown: true });
      expect(written()).toBe(before + 1);
    }
  });

  it("knows who has taken it, and nothing is done at the end", () => {
    expect(taken(true).tour.getState().isKnown).toBe(true);
    expect(isDone("end", START, { ...START, isTraining: true })).toBe(false);
  });
});
