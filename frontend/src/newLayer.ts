import type { CatalogEntry } from "./api";
import { entryOf, isOperationEntry, isSource, neededInputs, takesList } from "./catalog";
import { goTo } from "./commands";
import { joinPath, layerPaths, parentOf, type Document } from "./document";
import { roomOf, type Editor } from "./editor";
import { modelOutputs } from "./intents/ends";
import { addInput, addLayerAfter } from "./intents/layers";
import { freeName, snakeCase } from "./intents/names";
import { type Source } from "./intents/wires";
import type { JsonObject } from "./json";
import { factsOf } from "./outline";
import type { State } from "./store";
import { downstream } from "./wiring";
import { t } from "./words/words";

/** A model without layers, to draw one from nothing. */
export const EMPTY_MODEL: JsonObject = {
  layerwright: 1,
  model: {
    module: "keras",
    class_name: "Functional",
    config: { name: "model", trainable: true, layers: [], input_layers: [], output_layers: [] },
    registered_name: null,
  },
  view: { positions: {}, groups: {}, notes: {} },
  plan: {},
};

/** Adds a layer after the selection and wires it; after the last output where nothing is selected. */
export async function addLayer(editor: Editor, entry: CatalogEntry): Promise<void> {
  const { store } = editor;
  if (!store.getState().document) await store.open(EMPTY_MODEL);
  const state = store.getState();
  const { document } = state;
  if (!document) return;
  const after = isSource(entry) ? null : latest(state, document);
  const parent = after === null ? "" : parentOf(after);
  const name = freeName(document, parent, snakeCase(entry.name));
  const options = {
    name,
    parent,
    config: entry.start,
    takesList: takesList(entry),
    repeat: Math.max(1, neededInputs(entry).length),
    ...(isOperationEntry(entry) ? { module: `keras.src.${entry.op.split(".").slice(0, -1).join(".")}` } : {}),
  };
  if (isSource(entry)) store.edit(t("edit.add", { name }), (open) => addInput(open, entry.name, options));
  else store.edit(t("edit.add", { name }), (open) => addLayerAfter(open, entry.name, after, { ...options, more: takesList(entry) && after !== null ? others(state, after) : [] }));
  goTo(roomOf(editor), joinPath(parent, name));
}

// To follow the wires of each of a hundred selected layers would keep the hand waiting.
const MANY = 20;

/** The selected layer that no other selected one comes after, so that what follows it closes no cycle. */
function latest({ selection, report }: State, document: Document): string | null {
  const { calls } = factsOf(report);
  const order = new Map([...calls.keys()].map((path, i) => [path, i] as const));
  const parents = new Set([...selection].map(parentOf));
  const chosen = parents.size === 1 ? [...selection] : [];
  const inOrder = chosen.sort((a, b) => (order.get(a) ?? -1) - (order.get(b) ?? -1));
  const isLast = (path: string): boolean => {
    const after = downstream(document, path);
    return chosen.every((other) => other === path || !after.has(other));
  };
  const last = chosen.length <= MANY ? inOrder.findLast(isLast) : inOrder.at(-1);
  if (last !== undefined) return last;
  return modelOutputs(document)?.at(-1)?.path ?? layerPaths(document).at(-1) ?? null;
}

function others({ selection }: State, after: string): Source[] {
  return [...selection].filter((path) => path !== after && parentOf(path) === parentOf(after)).map((path) => ({ path, nodeIndex: 0, tensorIndex: 0 }));
}

/** The catalog's entry of a layer of the open document. */
export function entryAt(document: Document, catalog: readonly CatalogEntry[] | null, path: string): CatalogEntry | null {
  return entryOf(catalog, document.records.get(`layer/${path}`));
}
