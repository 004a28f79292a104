import { entryOf, takesList } from "./catalog";
import { EMPTY_DIFF, callKeys, isEmpty, joinPath, lastOf, layerPaths, parentOf, unescapeName, type Document } from "./document";
import { pathText } from "./format";
import { addFragment, fragmentOf, fragmentText, readFragment, type Fragment, type InputOf } from "./intents/fragment";
import { commonFrame, dissolveFrame, framesOf, framesOfLayers, freeFrame, groupOfFrame, joinFrame, putFrame } from "./intents/frames";
import { deleteLayers, setArguments } from "./intents/layers";
import { sequence } from "./intents/change";
import { freeName } from "./intents/names";
import { canNest, canUnnest, nest, unnest } from "./intents/nesting";
import { offOf, setOff, type Off } from "./intents/off";
import { aligned, distributed, isGroupPinned, isPinned, pin, tidy, unpin, type Axis, type Corners, type Rect, type Side } from "./intents/places";
import { move, moveGroups, type Spot } from "./intents/view";
import { callAgain, type Source } from "./intents/wires";
import { isObject } from "./json";
import { FRAME } from "./layout/arrange";
import { classOf, factsOf } from "./outline";
import type { EditorStore, State } from "./store";
import type { UiStore } from "./ui";
import { connectedTo, downstreamOf, upstreamOf } from "./wiring";
import { t } from "./words/words";

// What a hand does with the selection. Each is one entry of the history.

export interface Hands {
  readonly store: EditorStore;
  readonly ui: UiStore;
  /** Null while no canvas is shown. */
  readonly view: Places | null;
}
export type Point = readonly [x: number, y: number];
/** A box of the canvas: a layer's, or a closed group's. */
export interface PlacedBox extends Rect {
  readonly id: string;
  readonly name: string;
}
/** Places of layers by their paths, and of groups by their ids. */
export interface Spots {
  readonly layers: ReadonlyMap<string, Spot>;
  readonly groups: ReadonlyMap<string, Spot>;
}
/** What the canvas knows of places. */
export interface Places {
  /** The pointer's place in the graph's measure; null while it is elsewhere. */
  pointer(): Point | null;
  /** Where the boxes of layers are drawn, in the graph's measure. */
  placesOf(paths: readonly string[]): ReadonlyMap<string, Point>;
  /** Leaves the view where it is when the next thing comes, which a hand puts somewhere. */
  stay(): void;
  /** The selected boxes, each whole: none that lies in another of them. */
  selectedBoxes(): readonly PlacedBox[];
  /** Corners in the graph's measure, by the ids of boxes, as a document keeps them. */
  spotsOf(corners: Corners): Spots;
  /** Free places for boxes of the model at `parent`, as a document keeps them: these, or as far down as need be. */
  landing(parent: string, places: readonly Point[], inFrame?: string | null): readonly Spot[];
  /** The open frame in the model at `parent` that a point of the graph's measure lies in. */
  frameAt(parent: string, at: Point): string | null;
}

/** Where copies are put: beside what they are copies of. */
const SHIFT = [40, 40] as const;

export function removeSelection({ store }: Hands, wire: "keep" | "cut"): void {
  const paths = [...store.getState().selection];
  store.edit(titled(paths, "edit.delete", "edit.delete-many"), (document) => deleteLayers(document, paths, wire));
}

/** Deletes the selected layers; where they are all that lies in a frame, that goes first and they with the next press. */
export function deleteSelection(hands: Hands, wire: "keep" | "cut"): void {
  const { document, selection } = hands.store.getState();
  const id = commonFrame(document, selection);
  const frame = id === null ? undefined : framesOf(document).get(id);
  if (frame?.paths.length !== selection.size) {
    removeSelection(hands, wire);
    return;
  }
  dissolveSelected(hands);
  hands.ui.notify(t("deed.frame-gone", { name: frame.name }), t("deed.frame-gone.hint"));
}

/** Copies of the selected layers beside them, taking what those take. */
export function duplicate({ store, ui, view }: Hands): void {
  const { document, selection } = store.getState();
  const paths = [...selection];
  const copied = document && copyOf(store.getState(), document);
  if (!copied) {
    if (paths.length > 0) ui.notify(t("deed.cannot-copy"), t("deed.cannot-copy.hint"));
    return;
  }
  land({ store, ui, view }, copied, parentOf(paths[0] ?? ""), titled(paths, "edit.duplicate", "edit.duplicate-many"), "keep", shifted(copied.positions, SHIFT), commonFrame(document, paths));
}

/** The selected layers as Keras JSON; null where they are no part that can be copied. */
export function selectionText({ store, view }: Hands): string | null {
  const state = store.getState();
  const copied = state.document && copyOf(state, state.document);
  if (!copied) return null;
  // Where the hand put a layer is a place in what it lies in; a copy keeps how layers stand to each other.
  const drawn = [...(view?.placesOf([...state.selection]) ?? [])].map(([path, at]) => [lastOf(path), at] as const);
  return fragmentText({ ...copied, positions: Object.fromEntries(drawn) });
}

/** Puts copied layers into the model; keeping wires, they take what they took where that is here too. */
export function paste({ store, ui, view }: Hands, text: string, wires: "keep" | "own"): boolean {
  const copied = readFragment(text);
  const { document, selection } = store.getState();
  if (!copied || !document) return false;
  const [first] = selection;
  const parent = first === undefined ? "" : parentOf(first);
  const to = view?.pointer() ?? null;
  const corners = Object.values(copied.positions);
  // At the pointer, else beside what it was copied from; one that keeps its wires stands where those lead.
  const shift: Point = to && corners.length > 0 ? [to[0] - Math.min(...corners.map(([x]) => x)), to[1] - Math.min(...corners.map(([, y]) => y))] : SHIFT;
  land({ store, ui, view }, copied, parent, t("edit.paste"), wires, wires === "own" ? shifted(copied.positions, shift) : {}, to && wires === "own" ? (view?.frameAt(parent, to) ?? null) : null);
  return true;
}

function shifted(positions: Fragment["positions"], [dx, dy]: Point): Fragment["positions"] {
  return Object.fromEntries(Object.entries(positions).map(([path, [x, y]]) => [path, [x + dx, y + dy] as const]));
}

function land({ store, view }: Hands, copied: Fragment, parent: string, title: string, wires: "keep" | "own", places: Fragment["positions"], frame: string | null): void {
  let added: readonly string[] = [];
  store.edit(title, (document) => {
    const wire = (name: string): Source | null => {
      const ref = copied.standsFor[name];
      if (!ref || wires === "own" || !document.records.has(`layer/${joinPath(parent, ref[0])}`)) return null;
      return { path: joinPath(parent, ref[0]), nodeIndex: ref[1], tensorIndex: ref[2] };
    };
    const landed = addFragment(document, copied, { parent, wire });
    added = landed.added;
    const placed = [...landed.paths].filter(([path]) => Object.hasOwn(places, path));
    if (placed.length > 0) view?.stay();
    const spots = view?.landing(parent, placed.map(([path]) => places[path] ?? SHIFT), frame) ?? [];
    return sequence(document, [() => landed.diff, (open) => (frame === null ? EMPTY_DIFF : joinFrame(open, landed.added, frame)), (open) => move(open, new Map(placed.flatMap(([, path], i) => { const spot = spots[i]; return spot ? [[path, spot] as const] : []; })))]);
  });
  if (added.length > 0) store.select(added);
}

function copyOf(state: State, document: Document): Fragment | null {
  return state.selection.size === 0 ? null : fragmentOf(document, [...state.selection], specsOf(state));
}

/** What the last check knows about tensors. */
export function specsOf({ report }: Pick<State, "report">): InputOf {
  const { calls } = factsOf(report);
  return ({ path, nodeIndex, tensorIndex }) => calls.get(path)?.find((node) => node.node_index === nodeIndex)?.outputs[tensorIndex] ?? null;
}

/** Leaves the selected layers out, or takes them back in where all of them are out already. */
export function toggleOff({ store }: Hands, how: Off): void {
  const { document, selection } = store.getState();
  if (!document || selection.size === 0) return;
  const paths = [...selection];
  const isOut = paths.every((path) => offOf(document, path) === how);
  const [one, many] = isOut ? (["edit.take-in", "edit.take-in-many"] as const) : how === "bypass" ? (["edit.bypass", "edit.bypass-many"] as const) : (["edit.disable", "edit.disable-many"] as const);
  store.edit(titled(paths, one, many), (open) => setOff(open, paths, isOut ? null : how));
}

/** Freezes the selected layers, or trains them again where all of them are frozen. */
export function toggleFrozen({ store }: Hands): void {
  const { document, selection } = store.getState();
  if (!document || selection.size === 0) return;
  const paths = [...selection];
  const isFrozen = paths.every((path) => isFrozenLayer(document, path));
  store.edit(isFrozen ? titled(paths, "edit.thaw", "edit.thaw-many") : titled(paths, "edit.freeze", "edit.freeze-many"), (open) => setArguments(open, paths, "trainable", isFrozen ? undefined : false));
}

export function isFrozenLayer(document: Document, path: string): boolean {
  const record = document.records.get(`layer/${path}`);
  return isObject(record) && isObject(record.config) && record.config.trainable === false;
}

/** Puts the selected boxes in a line. */
export function alignSelection(hands: Hands, side: Side): void {
  arrange(hands, t("edit.align"), 2, (boxes) => aligned(boxes, side));
}

/** Makes the gaps between the selected boxes equal. */
export function distributeSelection(hands: Hands, axis: Axis): void {
  arrange(hands, t("edit.distribute"), 3, (boxes) => distributed(boxes, axis));
}

function arrange({ store, ui, view }: Hands, title: string, least: number, put: (boxes: ReadonlyMap<string, Rect>) => Corners): void {
  const boxes = new Map(view?.selectedBoxes().map((box) => [box.id, box]) ?? []);
  if (!view || boxes.size < least) {
    ui.notify(t("deed.select-more", { n: least }), t("deed.select-more.hint"));
    return;
  }
  const { layers, groups } = view.spotsOf(put(boxes));
  store.edit(title, (document) => moveGroups(document, layers, groups));
}

/** Gives what the hand placed back to the layout: of the selection, of all where nothing is selected. */
export function tidyUp({ store, ui, view }: Hands): void {
  const { document, selection } = store.getState();
  if (!document) return;
  const boxes = view?.selectedBoxes() ?? [];
  const spots = view?.spotsOf(new Map(boxes.map(({ id, x, y }) => [id, [x, y]])));
  const which = selection.size === 0 || !spots ? "all" : { layers: [...spots.layers.keys()], groups: [...spots.groups.keys()] };
  if (isEmpty(tidy(document, which))) ui.notify(t("deed.tidy"), t("deed.tidy.hint"));
  else store.edit(t("edit.tidy"), (open) => tidy(open, which));
}

/** Pins the selected boxes where they are, or lets them go where all of them are pinned. */
export function togglePinned({ store, view }: Hands): void {
  const { document } = store.getState();
  const boxes = view?.selectedBoxes() ?? [];
  if (!document || !view || boxes.length === 0) return;
  const { layers, groups } = view.spotsOf(new Map(boxes.map(({ id, x, y }) => [id, [x, y]])));
  const isAll = [...layers.keys()].every((path) => isPinned(document, path)) && [...groups.keys()].every((id) => isGroupPinned(document, id));
  store.edit(t(isAll ? "edit.unpin" : "edit.pin", { n: boxes.length }), (open) => (isAll ? unpin(open, [...layers.keys()], [...groups.keys()]) : pin(open, layers, groups)));
}

export type Reach = "upstream" | "downstream" | "connected" | "type";

/** Adds to the selection what feeds it, follows from it, hangs together with it, or is of its classes. */
export function selectBy({ store }: Hands, reach: Reach): void {
  const { document, selection } = store.getState();
  if (!document) return;
  const found = new Set(selection);
  if (reach === "type") {
    const classes = new Set([...selection].map((path) => classOf(document, path)));
    for (const parent of new Set([...selection].map(parentOf))) for (const path of layerPaths(document, parent)) if (classes.has(classOf(document, path))) found.add(path);
  } else {
    const walk = { upstream: upstreamOf, downstream: downstreamOf, connected: connectedTo }[reach];
    for (const path of walk(document, [...selection])) found.add(path);
  }
  store.select(found);
}

/** Puts a frame about the selected layers, around where they stand if a hand put any of them there. */
export function frameSelection({ store, view }: Hands): void {
  const { document, selection } = store.getState();
  if (!document || selection.size === 0) return;
  const paths = [...selection];
  const id = freeFrame(document);
  const name = t("frame.name", { n: Number(id.replace("frame ", "")) });
  const spots = standing(document, paths, view, groupOfFrame(id, parentOf(paths[0] ?? "")));
  store.edit(t("edit.frame", { name }), (open) => sequence(open, [(now) => putFrame(now, paths, id, name), (now) => moveGroups(now, spots.layers, spots.groups)]));
}

/** Places of layers in a frame that is put about them where they are; none where the layout placed them all. */
function standing(document: Document, paths: readonly string[], view: Places | null, group: string): Spots {
  const nowhere: Spots = { layers: new Map(), groups: new Map() };
  const boxes = view?.selectedBoxes() ?? [];
  const spots = view?.spotsOf(new Map(boxes.map(({ id, x, y }) => [id, [x, y]])));
  if (!spots || spots.groups.size > 0 || !paths.some((path) => document.records.has(`view/positions/${path}`))) return nowhere;
  const [first, ...more] = spots.layers.values();
  if (!first || more.some(([, , around]) => around !== first[2])) return nowhere;
  const [left, top] = [0, 1].map((axis) => Math.min(...[...spots.layers.values()].map((at) => Number(at[axis])))) as [number, number];
  const corner: Spot = first[2] === undefined ? [left - FRAME.left, top - FRAME.top] : [left - FRAME.left, top - FRAME.top, first[2]];
  return { layers: new Map([...spots.layers].map(([path, [x, y]]) => [path, [x - left, y - top, group]])), groups: new Map([[group, corner]]) };
}

/** The frame that the selection reaches into and does not lie in as a whole; null where there is none, or more than one. */
export function frameToJoin({ document, selection }: Pick<State, "document" | "selection">): string | null {
  const [id, ...more] = framesOfLayers(document, selection);
  return id !== undefined && more.length === 0 && commonFrame(document, selection) === null ? id : null;
}

/** Puts the selected layers into the frame that some of them lie in. */
export function joinSelection({ store }: Hands): void {
  const { document, selection } = store.getState();
  const id = frameToJoin({ document, selection });
  if (id !== null) store.edit(t("edit.frame-join", { name: frameName(document, id) }), (open) => joinFrame(open, [...selection], id));
}

/** Takes the selected layers out of their frames. */
export function leaveFrames({ store }: Hands): void {
  const { document, selection } = store.getState();
  const name = [...framesOfLayers(document, selection)].map((id) => frameName(document, id)).join(", ");
  store.edit(t("edit.frame-leave", { name }), (open) => joinFrame(open, [...selection], null));
}

/** Takes the frame of the selected layers away; they stay, and where a hand put any of them all stay where they are. */
export function dissolveSelected({ store, view }: Hands): void {
  const { document, selection } = store.getState();
  const id = commonFrame(document, selection);
  if (!document || id === null) return;
  const paths = framesOf(document).get(id)?.paths ?? [];
  const isPlaced = paths.some((path) => document.records.has(`view/positions/${path}`)) && paths.every((path) => parentOf(path) === "");
  const places = isPlaced ? (view?.placesOf(paths) ?? new Map<string, Point>()) : new Map<string, Point>();
  store.edit(t("edit.frame-dissolve", { name: frameName(document, id) }), (open) => sequence(open, [(now) => dissolveFrame(now, id), (now) => move(now, places)]));
}

/** What the frame of the selected layers is called among what opens and closes. */
export function foldedFrames({ document, selection }: Pick<State, "document" | "selection">): readonly string[] {
  const id = commonFrame(document, selection);
  return id === null ? [] : [...new Set([...selection].map((path) => groupOfFrame(id, parentOf(path))))];
}

function frameName(document: Document | null, id: string): string {
  return framesOf(document).get(id)?.name ?? id;
}

/** Makes the selection a model inside of the model. */
export function nestSelection({ store, ui }: Hands): void {
  const state = store.getState();
  const { document, selection } = state;
  if (!document || selection.size === 0) return;
  const paths = [...selection];
  if (!canNest(document, paths)) {
    ui.notify(t("deed.cannot-nest"), t("deed.cannot-nest.hint"));
    return;
  }
  const parent = parentOf(paths[0] ?? "");
  const name = freeName(document, parent, "block");
  store.edit(t("edit.nest", { name }), (open) => nest(open, paths, name, specsOf(state)));
  store.select([joinPath(parent, name)]);
}

/** Takes the layers of the selected nested model out. */
export function unnestSelection({ store, ui }: Hands): void {
  const { document, selection } = store.getState();
  const [path] = selection;
  if (!document || path === undefined) return;
  if (!canUnnest(document, path)) {
    ui.notify(t("deed.cannot-unnest", { name: pathText(path) }), t("deed.cannot-unnest.hint"));
    return;
  }
  const before = new Set(layerPaths(document, parentOf(path)));
  store.edit(t("edit.unnest", { name: pathText(path) }), (open) => unnest(open, path));
  store.select(layerPaths(document, parentOf(path)).filter((one) => !before.has(one)));
}

/** Calls the first selected layer once more, on the output of the other. */
export function callSelectionAgain({ store, ui }: Hands): void {
  const { document, selection } = store.getState();
  const [path, source] = selection;
  if (!document || path === undefined) return;
  if (source === undefined || parentOf(path) !== parentOf(source)) {
    ui.notify(t("deed.call-again"), t("deed.call-again.hint"));
    return;
  }
  const takes = takesList(entryOf(ui.getState().catalog, document.records.get(`layer/${path}`))) ? "list" : "one";
  store.edit(t("edit.call-again", { name: pathText(path), source: pathText(source) }), (open) => callAgain(open, path, { path: source, nodeIndex: Math.max(0, callKeys(open, source).length - 1), tensorIndex: 0 }, takes));
}


type One = "edit.delete" | "edit.duplicate" | "edit.bypass" | "edit.disable" | "edit.take-in" | "edit.freeze" | "edit.thaw";

function titled(paths: readonly string[], one: One, many: `${One}-many`): string {
  return paths.length === 1 ? t(one, { name: unescapeName(lastOf(paths[0] ?? "")) }) : t(many, { n: paths.length });
}
