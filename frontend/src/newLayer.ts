import type { CatalogEntry } from "./api";
import { entryOf, isOperationEntry, isSource, neededInputs, takesList } from "./catalog";
import { goTo } from "./commands";
import { joinPath, layerPaths, parentOf, type Document } from "./document";
import { roomOf, type Editor } from "./editor";
import { modelOutputs } from "./intents/ends";
import { addInput, addLayerAfter } from "./intents/layers";
import { freeName, snakeCase } from "./intents/names";
import { type Source } from "./intents/wires";
import type { Json, JsonObject } from "./json";
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

// A required argument has no default in Keras; a value to start from is quicker to change than an empty field is to fill.
const STARTING_VALUES: Readonly<Record<string, Json>> = {
  units: 64,
  filters: 32,
  kernel_size: 3,
  rate: 0.5,
  stddev: 0.1,
  activation: "relu",
  target_shape: [-1],
  dims: [1],
  n: 2,
  axes: 1,
  input_dim: 1000,
  output_dim: 64,
  num_heads: 4,
  key_dim: 32,
  head_dim: 32,
  num_query_heads: 4,
  num_key_value_heads: 2,
  height: 64,
  width: 64,
  factor: 0.1,
  scale: 0.00392156862745098,
  output_size: 4,
  equation: "ab,bc->ac",
  output_shape: 64,
  layer: serialized("Dense", { units: 64 }),
  cell: serialized("LSTMCell", { units: 64 }),
};

// Where one class needs another value than the argument's name says, or Keras reads no default from a file.
const STARTING_CONFIGS: Readonly<Record<string, JsonObject>> = {
  AveragePooling1D: { pool_size: 2 },
  AveragePooling2D: { pool_size: 2 },
  AveragePooling3D: { pool_size: 2 },
  Bidirectional: { layer: serialized("LSTM", { units: 64 }) },
  Rescaling: { scale: 0.00392156862745098, offset: 0 },
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
    config: startingConfig(entry),
    takesList: takesList(entry),
    repeat: Math.max(1, neededInputs(entry).length),
    ...(isOperationEntry(entry) ? { module: `keras.src.${entry.op.split(".").slice(0, -1).join(".")}` } : {}),
  };
  if (isSource(entry)) store.edit(t("edit.add", { name }), (open) => addInput(open, entry.name, options));
  else store.edit(t("edit.add", { name }), (open) => addLayerAfter(open, entry.name, after, { ...options, more: takesList(entry) && after !== null ? others(state, after) : [] }));
  goTo(roomOf(editor), joinPath(parent, name));
}

function startingConfig(entry: CatalogEntry): JsonObject {
  if (isSource(entry)) return { batch_shape: [null, 32], dtype: "float32" };
  const required = entry.params.filter((param) => param.required && STARTING_VALUES[param.name] !== undefined);
  return { ...Object.fromEntries(required.map((param) => [param.name, STARTING_VALUES[param.name] ?? null])), ...STARTING_CONFIGS[entry.name] };
}

function serialized(className: string, config: JsonObject): JsonObject {
  return { module: "keras.layers", class_name: className, config: { name: snakeCase(className), ...config }, registered_name: null };
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
