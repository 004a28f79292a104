import type { Scene } from "./scene";

export type Arrow = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

/** The box that an arrow key leads to: up and down along wires, through frames, to the nearest in order; left and right in order. */
export function nextAlong(scene: Scene, from: number, key: Arrow): number | null {
  if (key === "ArrowLeft" || key === "ArrowRight") return nextInOrder(scene, from, key === "ArrowRight" ? 1 : -1);
  const { boxes, edges } = scene;
  const [own, other] = key === "ArrowDown" ? [0, 1] : [1, 0];
  const seen = new Set([from]);
  let front = [from];
  // A frame on the way is no place to be: the wire goes on, into it or out of it.
  while (front.length > 0) {
    const next: number[] = [];
    const reached: number[] = [];
    for (const at of front) {
      for (let e = 0; e < edges.length; e += 2) {
        const to = edges[e + other] ?? 0;
        if (edges[e + own] !== at || seen.has(to)) continue;
        // From a frame that was left the way goes out, from one that was entered it goes in.
        if (boxes[at]?.isOpen && at !== from && !continues(scene, at, to, seen)) continue;
        if (boxes[to]?.isOpen) {
          seen.add(to);
          next.push(to);
        } else reached.push(to);
      }
    }
    if (reached.length > 0) return reached.reduce((best, to) => (Math.abs(to - from) < Math.abs(best - from) ? to : best));
    front = next;
  }
  return null;
}

/** Whether a step from a frame goes on in the way in which it was reached. */
function continues({ boxes }: Scene, frame: number, to: number, seen: ReadonlySet<number>): boolean {
  const cameFromInside = [...seen].some((at) => boxes[at]?.parent === frame);
  return cameFromInside ? boxes[to]?.parent !== frame : true;
}

/** The next box in the model's order; null at its ends. */
export function nextInOrder({ boxes }: Scene, from: number, step: 1 | -1): number | null {
  for (let i = from + step; i >= 0 && i < boxes.length; i += step) if (!boxes[i]?.isOpen) return i;
  return null;
}
