/** How much of the canvas's edges is under what floats there, in pixels. */
export interface Covered {
  readonly above: number;
  readonly below: number;
  readonly left: number;
  readonly right: number;
}

/** What a box keeps from the canvas's edges, and from what floats over them. */
export const MARGIN = 32;
const GAP = 8;

/** What floats over the canvas, with the gap that a box keeps from it. */
export function covered(root: HTMLElement): Covered {
  const canvas = root.getBoundingClientRect();
  const found = { above: MARGIN, below: MARGIN, left: MARGIN, right: MARGIN };
  for (const element of root.closest("main")?.querySelectorAll<HTMLElement>("[data-covers]") ?? []) {
    const { top, bottom, left, right } = element.getBoundingClientRect();
    const { covers } = element.dataset;
    if (covers === "head") found.above = Math.max(found.above, bottom - canvas.top + GAP);
    else if (covers === "foot") found.below = Math.max(found.below, canvas.bottom - top + GAP);
    else if (covers === "left") found.left = Math.max(found.left, right - canvas.left + GAP);
    else found.right = Math.max(found.right, canvas.right - left + GAP);
  }
  return found;
}

/** How far a stretch must be moved to lie between two bounds; 0 where it does, or is too long to. */
export function outside(start: number, end: number, low: number, high: number): number {
  if (end - start > high - low) return start > high || end < low ? start - low : 0;
  return start < low ? start - low : end > high ? end - high : 0;
}
