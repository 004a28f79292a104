import { EMPTY_DIFF, callKeys, diffOf, isSequential, joinPath, kerasTensor, lastOf, modelKey, parentOf, tensorsOf, unescapeName, type Diff, type Document } from "../document";
import { isArray, isObject, without, type Json, type JsonObject } from "../json";
import { change, endsList, forgetShapes, sequence, type Change, layer, movedKey, nameIn, redirect, renameInOrder, renameReferences, type Reference } from "./change";
import { dropEmptyFrames, framesAround } from "./frames";
import { modelOutputs, setModelOutputs } from "./ends";
import { freeName, snakeCase } from "./names";
import { chooseInput, type Source, type Use } from "./wires";

// Layers come, go, and change their names and arguments. Like all that a hand can do to a document each is a pure
// function that gives a diff; an impossible wish gives an empty one.

export interface NewLayer {
  readonly name?: string;
  readonly config?: JsonObject;
  readonly module?: string;
  readonly parent?: string;
  readonly takesList?: boolean;
  /** How many arguments the tensor is given as: an attention on itself takes it as query and value. */
  readonly repeat?: number;
  readonly more?: readonly Source[];
}

/** Sets one argument of a layer; undefined goes back to Keras's default. */
export function setArgument(document: Document, path: string, name: string, value: Json | undefined): Diff {
  const entry = layer(document, path);
  if (!entry) return change(document).diff();
  const config = isObject(entry.config) ? entry.config : {};
  const next = change(document);
  next.set(`layer/${path}`, { ...entry, config: value === undefined ? without(config, name) : { ...config, [name]: value } });
  forgetShapes(next, [path]);
  return next.diff();
}

/** Renames a layer and whatever speaks of it. A name that is taken or empty changes nothing. */
export function rename(document: Document, path: string, name: string): Diff {
  const next = change(document);
  const entry = layer(document, path);
  const parent = parentOf(path);
  const to = joinPath(parent, name);
  if (!entry || name === "" || document.records.has(`layer/${to}`)) return next.diff();
  const old = nameIn(entry, path);
  for (const [key, value] of document.records) {
    const moved = movedKey(key, path, to);
    if (moved === null) continue;
    next.set(key, undefined);
    next.set(moved, value);
  }
  const config = isObject(entry.config) ? { ...entry.config, name } : { name };
  next.set(`layer/${to}`, "name" in entry || !isObject(entry.config) ? { ...entry, config, name } : { ...entry, config });
  // A second layer of one name is one that no reference can name.
  if (joinPath(parent, old) === path) renameReferences(next, parent, old, name);
  renameInOrder(next, parent, lastOf(path), lastOf(to));
  return next.diff();
}

/**
 * Adds a layer fed by the first output of `after`; who took that output takes the new layer's. A null adds it unwired.
 *
 * A layer that `takesList` gets a list, with the `more` tensors behind the first; nothing in `more` may come after `after`.
 */
export function addLayerAfter(document: Document, className: string, after: string | null, options: NewLayer = {}): Diff {
  const parent = after === null ? (options.parent ?? "") : parentOf(after);
  const name = options.name ?? freeName(document, parent, snakeCase(className));
  const path = joinPath(parent, name);
  const next = change(document);
  if (document.records.has(`layer/${path}`)) return next.diff();
  next.set(`layer/${path}`, {
    module: options.module ?? "keras.layers",
    class_name: className,
    config: { name, ...options.config },
    registered_name: null,
    name,
  });
  const owner = document.records.get(modelKey(parent));
  if (isObject(owner) && isArray(owner.order)) {
    const at = after === null ? -1 : owner.order.indexOf(lastOf(after));
    next.set(modelKey(parent), { ...owner, order: owner.order.toSpliced(at < 0 ? owner.order.length : at + 1, 0, lastOf(path)) });
  }
  if (after !== null && !isSequential(owner)) {
    const from = unescapeName(lastOf(after));
    redirect(next, parent, from, (ref) => (ref[1] === 0 && ref[2] === 0 ? [name, 0, 0] : ref));
    const tensors = [kerasTensor(from, 0, 0), ...(options.more ?? []).map((ref) => kerasTensor(unescapeName(lastOf(ref.path)), ref.nodeIndex, ref.tensorIndex))];
    const [first = null] = tensors;
    next.set(`call/${path}/0`, { args: options.takesList ? [tensors] : Array.from({ length: options.repeat ?? 1 }, () => first), kwargs: {} });
    forgetShapes(next, [path]);
  }
  return next.diff();
}

/** Adds an input of the model; the first one of an empty model is its output too, until something follows it. */
export function addInput(document: Document, className: string, options: NewLayer = {}): Diff {
  const parent = options.parent ?? "";
  const added = addLayerAfter(document, className, null, options);
  const key = Object.keys(added.added).find((record) => record.startsWith("layer/"));
  const owner = document.records.get(modelKey(parent));
  if (key === undefined || !isObject(owner) || !isObject(owner.config)) return added;
  if (isSequential(owner)) {
    const order = [lastOf(key.slice(6)), ...(isArray(owner.order) ? owner.order : [])];
    return { ...added, updated: { ...added.updated, [modelKey(parent)]: [owner, { ...owner, order }] as const } };
  }
  const ref = [unescapeName(lastOf(key.slice(6))), 0, 0];
  const { input_layers: inputs = [], output_layers: outputs = [] } = owner.config;
  // A dict of inputs has names that only the user can give; an input beside it waits for the user's word.
  if (isObject(inputs)) return added;
  const before = endsList(inputs);
  // Keras writes a single input as itself: `Model(x, y)`, not `Model([x], y)`.
  const config = { ...owner.config, input_layers: before.length === 0 ? ref : [...before, ref], output_layers: isArray(outputs) && outputs.length === 0 ? ref : outputs };
  const updated = { ...added.updated, [modelKey(parent)]: [owner, { ...owner, config }] as const };
  return { ...added, updated };
}

/** Deletes layers; keeping the wire, who took a layer's output takes what the layer took first. */
export function deleteLayers(document: Document, paths: readonly string[], wire: "keep" | "cut"): Diff {
  const next = change(document);
  const frames = framesAround(next, paths);
  for (const path of paths) {
    const entry = next.get(`layer/${path}`);
    if (!isObject(entry)) continue;
    const parent = parentOf(path);
    const name = nameIn(entry, path);
    const fed = wire === "keep" ? callKeys(document, path).map((_, k) => fedBy(next, path, name, k)) : [];
    const instead = (ref: Reference): Reference | null => fed[ref[1]] ?? null;
    for (const key of document.records.keys()) {
      if (movedKey(key, path, path) !== null) next.set(key, undefined);
    }
    if (joinPath(parent, name) === path) redirect(next, parent, name, instead);
    renameInOrder(next, parent, lastOf(path), null);
  }
  dropEmptyFrames(next, frames);
  return next.diff();
}

/** Gives a layer another class, with what of its arguments that class takes too. A list of inputs becomes the first, or one a list. */
export function replaceClass(document: Document, path: string, className: string, options: Pick<NewLayer, "module" | "config" | "takesList"> = {}): Diff {
  const next = change(document);
  const entry = layer(document, path);
  if (!entry) return next.diff();
  const said: JsonObject = isObject(entry.config) && entry.config.name !== undefined ? { name: entry.config.name } : {};
  next.set(`layer/${path}`, { ...without(entry, "build_config"), module: options.module ?? "keras.layers", class_name: className, registered_name: null, config: { ...said, ...options.config } });
  for (const key of callKeys(document, path)) {
    const call = next.get(key);
    if (!isObject(call) || !isArray(call.args)) continue;
    const [first, ...rest] = call.args;
    if (options.takesList && first !== undefined && !isArray(first)) next.set(key, { ...call, args: [[first], ...rest] });
    if (!options.takesList && isArray(first)) next.set(key, { ...call, args: [first[0] ?? null, ...rest] });
  }
  forgetShapes(next, [path]);
  return next.diff();
}

/** Sets one argument of several layers. */
export function setArguments(document: Document, paths: readonly string[], name: string, value: Json | undefined): Diff {
  return sequence(document, paths.map((path) => (open) => setArgument(open, path, name, value)));
}

/** Adds a layer on a wire: it takes what went through there, and that place takes it. */
export function addOnWire(document: Document, className: string, from: Source, to: Use, options: NewLayer = {}): Diff {
  const parent = parentOf(from.path);
  const name = options.name ?? freeName(document, parent, snakeCase(className));
  const tensor = kerasTensor(unescapeName(lastOf(from.path)), from.nodeIndex, from.tensorIndex);
  const path = joinPath(parent, name);
  return sequence(document, [
    (open) => addLayerAfter(open, className, null, { ...options, name, parent }),
    (open) => diffOf(open, new Map([[`call/${path}/0`, { args: options.takesList ? [[tensor]] : Array.from({ length: options.repeat ?? 1 }, () => tensor), kwargs: {} }]])),
    (open) => chooseInput(open, to.path, to.nodeIndex, to.arg, { path, nodeIndex: 0, tensorIndex: 0 }),
  ]);
}

/**
 * Adds a layer that takes `from`, beside whoever takes that already. It is an output of the model: in the place of `from`
 * where that was one, else behind the others, as Keras leaves out what leads to none.
 */
export function addLayerOn(document: Document, className: string, from: Source, options: NewLayer = {}): Diff {
  const parent = parentOf(from.path);
  const name = options.name ?? freeName(document, parent, snakeCase(className));
  const tensors = [from, ...(options.more ?? [])].map((source) => kerasTensor(unescapeName(lastOf(source.path)), source.nodeIndex, source.tensorIndex));
  const [first = null] = tensors;
  const own: Source = { path: joinPath(parent, name), nodeIndex: 0, tensorIndex: 0 };
  const call = { args: options.takesList ? [tensors] : Array.from({ length: options.repeat ?? 1 }, () => first), kwargs: {} };
  return sequence(document, [
    (open) => addLayerAfter(open, className, null, { ...options, name, parent }),
    (open) => diffOf(open, new Map([[`call/${own.path}/0`, call]])),
    (open) => {
      const outputs = modelOutputs(open, parent);
      if (!outputs) return EMPTY_DIFF;
      const isFrom = (one: Source): boolean => one.path === from.path && one.nodeIndex === from.nodeIndex && one.tensorIndex === from.tensorIndex;
      return setModelOutputs(open, outputs.some(isFrom) ? outputs.map((one) => (isFrom(one) ? own : one)) : [...outputs, own], parent);
    },
  ]);
}

/** What a call of a layer takes first, past calls of the layer itself. */
function fedBy(next: Change, path: string, name: string, nodeIndex: number): Reference | null {
  const seen = new Set<number>();
  for (let k = nodeIndex; !seen.has(k); ) {
    seen.add(k);
    const fed = tensorsOf(next.get(`call/${path}/${k}`) ?? null)[0];
    if (!fed) return null;
    if (fed.layer !== name) return [fed.layer, fed.nodeIndex, fed.tensorIndex];
    k = fed.nodeIndex;
  }
  return null;
}
