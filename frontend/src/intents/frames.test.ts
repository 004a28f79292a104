import fc from "fast-check";
import { expect, test } from "vitest";
import { apply, fromJson, layerPaths, reverse, toJson, type Diff, type Document } from "../document";
import { NO_HISTORY, commit, redo, undo, type History } from "../history";
import type { JsonObject } from "../json";
import { sequence } from "./change";
import { colourFrame, commonFrame, dissolveFrame, framesOf, freeFrame, joinFrame, putFrame, renameFrame } from "./frames";
import { deleteLayers, rename } from "./layers";
import { move, moveGroups } from "./view";

const MODEL: JsonObject = {
  layerwright: 1,
  model: { class_name: "Functional", config: { name: "m", layers: ["a", "b", "x/y", "loose"].map((name) => ({ class_name: "Dense", name, config: { name }, inbound_nodes: [] })), input_layers: [], output_layers: [] } },
};
const opened = (): Document => fromJson(MODEL);
const put = (document: Document, paths: readonly string[], name: string): Diff => putFrame(document, paths, freeFrame(document), name);
const named = (document: Document): Record<string, readonly string[]> => Object.fromEntries([...framesOf(document).values()].map(({ name, paths }) => [name, paths]));

type Step = (document: Document) => Diff;
const pick = <T>(all: readonly T[], n: number): T | undefined => all[n % Math.max(1, all.length)];
/** Something that a hand does with frames, and with layers that lie in them. */
const step: fc.Arbitrary<Step> = fc.tuple(fc.nat(7), fc.nat(9), fc.array(fc.nat(9), { minLength: 1, maxLength: 3 })).map(([what, n, some]) => (document) => {
  const paths = some.flatMap((one) => pick(layerPaths(document), one) ?? []);
  const [path = ""] = paths;
  const id = pick([...framesOf(document).keys()], n) ?? "frame 1";
  if (what < 2) return put(document, paths, `f${n}`);
  if (what === 2) return joinFrame(document, paths, framesOf(document).has(id) ? id : null);
  if (what === 3) return joinFrame(document, paths, null);
  if (what === 4) return framesOf(document).has(id) ? sequence(document, [(open) => renameFrame(open, id, `g${n}`), (open) => colourFrame(open, id, n % 2 ? "blue" : null), (open) => moveGroups(open, new Map([[path, [1, n, id]]]), new Map([[id, [n, n]]]))]) : move(document, new Map());
  if (what === 5) return dissolveFrame(document, id);
  if (what === 6) return path === "" ? dissolveFrame(document, id) : deleteLayers(document, [path], "keep");
  return path === "" ? dissolveFrame(document, id) : rename(document, path, `r${n} ${document.version}`);
});

test("any deeds with frames and their layers: undo all is the start, redo all the end, no frame is empty, and none takes a layer along", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
    const document = opened();
    let history: History = NO_HISTORY;
    for (const one of steps) {
      const before = layerPaths(document).length;
      const diff = one(document);
      history = commit(document, history, { title: "", diff });
      const isDeleting = Object.keys(diff.removed).some((key) => key.startsWith("layer/"));
      if (!isDeleting) expect(layerPaths(document)).toHaveLength(before);
      const frames = [...framesOf(document).values()];
      const kept = [...document.records.keys()].filter((key) => /^view\/groups\/frame \d+$/.test(key)).sort();
      expect(kept).toEqual(frames.map(({ id }) => `view/groups/${id}`).sort());
      const inside = frames.flatMap(({ paths }) => paths);
      expect(new Set(inside).size).toBe(inside.length);
      expect(layerPaths(document)).toEqual(expect.arrayContaining(inside));
    }
    const end = toJson(document);
    expect(framesOf(fromJson(end))).toEqual(framesOf(document));
    while (history.done.length > 0) history = undo(document, history);
    expect(toJson(document)).toEqual(toJson(opened()));
    while (history.undone.length > 0) history = redo(document, history);
    expect(toJson(document)).toEqual(end);
  }));
});

test("nothing is framed where there is no layer", () => {
  expect(put(opened(), [], "Encoder")).toEqual(put(opened(), ["gone"], "Encoder"));
  const document = opened();
  apply(document, put(document, ["gone"], "Encoder"));
  expect(toJson(document)).toEqual(toJson(opened()));
});

test("a frame keeps its layers when they get another name, and goes with its last one", () => {
  const document = opened();
  apply(document, put(document, ["a", "x~1y"], "Encoder"));
  apply(document, put(document, ["b", "loose"], "Head"));
  apply(document, rename(document, "a", "first"));
  expect(named(document)).toEqual({ Encoder: ["x~1y", "first"], Head: ["b", "loose"] });
  expect([commonFrame(document, ["first", "x~1y"]), commonFrame(document, ["first", "b"])]).toEqual(["frame 1", null]);
  const gone = deleteLayers(document, ["b", "loose"], "cut");
  apply(document, gone);
  expect(toJson(document).view).toMatchObject({ groups: { "frame 1": { name: "Encoder" } } });
  expect(named(document)).toEqual({ Encoder: ["x~1y", "first"] });
  apply(document, reverse(gone));
  expect(Object.keys(named(document)).sort()).toEqual(["Encoder", "Head"]);
});

test("a layer that joins a frame leaves its own, and its place of before", () => {
  const document = opened();
  apply(document, put(document, ["a"], "One"));
  apply(document, put(document, ["b"], "Two"));
  apply(document, move(document, new Map([["a", [5, 6, "frame 1"]]])));
  apply(document, joinFrame(document, ["a"], "frame 2"));
  expect([named(document), toJson(document).view]).toEqual([{ Two: ["a", "b"] }, { positions: {}, groups: { "frame 2": { name: "Two" } }, notes: {}, frames: { a: "frame 2", b: "frame 2" } }]);
});

test("what a file says of frames and no frame is counts for nothing", () => {
  const document = fromJson({ ...MODEL, view: { frames: { a: 7, b: "frame 1", nobody: "frame 2" }, groups: { "frame 1": { name: "", colour: "ultraviolet" } } } });
  expect([...framesOf(document).values()]).toEqual([{ id: "frame 1", name: "frame 1", colour: null, paths: ["b"] }]);
});
