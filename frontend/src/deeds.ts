import { entryOf, takesList } from "./catalog";
import { callKeys, joinPath, lastOf, layerPaths, parentOf, unescapeName, type Document } from "./document";
import { pathText } from "./format";
import { addFragment, fragmentOf, fragmentText, readFragment, type Fragment, type InputOf } from "./intents/fragment";
import { deleteLayers, setArguments } from "./intents/layers";
import { freeName } from "./intents/names";
import { canNest, canUnnest, nest, unnest } from "./intents/nesting";
import { offOf, setOff, type Off } from "./intents/off";
import { callAgain, type Source } from "./intents/wires";
import { isObject } from "./json";
import { classOf, factsOf } from "./outline";
import type { EditorStore, State } from "./store";
import type { UiStore } from "./ui";
import { connectedTo, downstreamOf, upstreamOf } from "./wiring";
import { t } from "./words/words";

// What a hand does with the selection. Each is one entry of the history.

export interface Hands {
  readonly store: EditorStore;
  readonly ui: UiStore;
}

/** Where copies are put: beside what they are copies of. */
const SHIFT = [40, 40] as const;

export function removeSelection({ store }: Hands, wire: "keep" | "cut"): void {
  const paths = [...store.getState().selection];
  store.edit(titled(paths, "edit.delete", "edit.delete-many"), (document) => deleteLayers(document, paths, wire));
}

/** Copies of the selected layers beside them, taking what those take. */
export function duplicate({ store, ui }: Hands): void {
  const { document, selection } = store.getState();
  const paths = [...selection];
  const copied = document && copyOf(store.getState(), document);
  if (!copied) {
    if (paths.length > 0) ui.notify(t("deed.cannot-copy"), t("deed.cannot-copy.hint"));
    return;
  }
  land({ store, ui }, copied, parentOf(paths[0] ?? ""), titled(paths, "edit.duplicate", "edit.duplicate-many"), "keep");
}

/** The selected layers as Keras JSON; null where they are no part that can be copied. */
export function selectionText(state: State): string | null {
  const copied = state.document && copyOf(state, state.document);
  return copied ? fragmentText(copied) : null;
}

/** Puts copied layers into the model; keeping wires, they take what they took where that is here too. */
export function paste({ store, ui }: Hands, text: string, wires: "keep" | "own"): boolean {
  const copied = readFragment(text);
  const { document, selection } = store.getState();
  if (!copied || !document) return false;
  const [first] = selection;
  land({ store, ui }, copied, first === undefined ? "" : parentOf(first), t("edit.paste"), wires);
  return true;
}

function land({ store }: Hands, copied: Fragment, parent: string, title: string, wires: "keep" | "own"): void {
  let added: readonly string[] = [];
  store.edit(title, (document) => {
    const wire = (name: string): Source | null => {
      const ref = copied.standsFor[name];
      if (!ref || wires === "own" || !document.records.has(`layer/${joinPath(parent, ref[0])}`)) return null;
      return { path: joinPath(parent, ref[0]), nodeIndex: ref[1], tensorIndex: ref[2] };
    };
    const landed = addFragment(document, copied, { parent, wire, shift: SHIFT });
    added = landed.added;
    return landed.diff;
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
