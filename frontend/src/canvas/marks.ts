import type { Diagnostic } from "../api";
import type { Marked } from "../commands";
import { pathOf } from "../outline";
import { t } from "../words/words";
import type { Highlight } from "./placed";
import { blamedWires } from "./wires";
import type { Scene } from "./scene";

/** The boxes that were found, how often each, and the one that a search stands at. */
export function highlightOf(scene: Scene | undefined, marked: Marked | null): Highlight | null {
  if (!scene || !marked) return null;
  const { calls } = scene.structure.whole;
  const found = new Map<number, number>();
  let at: number | null = null;
  calls.forEach((call, i) => {
    if (!marked.paths.has(call.path)) return;
    const box = scene.shownBy(i);
    // A shared layer is found once, however often it is called.
    found.set(box, (found.get(box) ?? 0) + (call.nodeIndex > 0 ? 0 : 1));
    if (call.path === marked.at) at = box;
  });
  return { found, at };
}

// Of more problems than these nobody follows each wire.
const MOST_FAULTS = 50;

/** The wires between the place of an error and what it names as not fitting. */
export function faultsOf(scene: Scene, diagnostics: readonly Diagnostic[]): number[] {
  const errors = diagnostics.filter(({ severity, related }) => severity === "error" && related.length > 0).slice(0, MOST_FAULTS);
  return [...new Set(errors.flatMap((problem) => blamedWires(scene, new Set([problem, ...problem.related].flatMap((place) => pathOf(place) ?? [])))))];
}

/** What a box is, for a pointer that rests on it. */
export function titleOf({ boxes, textOf, isSketch }: Scene, i: number): string {
  const [box, { said, shape, parameters }] = [boxes[i], textOf(i)];
  const what = box?.kind === "call" ? `${box.name} · ${box.className}` : (box?.name ?? "");
  const lines = isSketch ? [what] : [what, said, shape, parameters === "" ? "" : t("stage.parameters", { count: parameters })];
  return lines.filter((line) => line !== "").join("\n");
}
