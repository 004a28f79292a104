import {
  apply,
  diffOf,
  historyOf,
  holdsLayers,
  isSequential,
  joinPath,
  kerasTensor,
  lastOf,
  mapTensors,
  modelKey,
  parentOf,
  squash,
  tensorsOf,
  unescapeName,
  type Diff,
  type Document,
} from "./document";
import { isArray, isObject, without, type Json, type JsonObject } from "./json";

// What a hand can do to a document. Each is a pure function that gives a diff; an impossible wish gives an empty one.

/** A call's output: the layer's path, its 0-based call, the output's number. */
export interface Source {
  readonly path: string;
  readonly nodeIndex: number;
  readonly tensorIndex: number;
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
  const config = { ...owner.config, input_layers: [...endsList(inputs), ref], output_layers: isArray(outputs) && outputs.length === 0 ? [ref] : outputs };
  const updated = { ...added.updated, [modelKey(parent)]: [owner, { ...owner, config }] as const };
  return { ...added, updated };
}

/** Takes a tensor out of a list of inputs; elsewhere its place stays, empty. */
export function removeInput(document: Document, path: string, nodeIndex: number, arg: string): Diff {
  const next = change(document);
  const key = `call/${path}/${nodeIndex}`;
  const call = next.get(key);
  if (call === undefined) return next.diff();
  const dropped: JsonObject = { class_name: "dropped" };
  const marked = mapTensors(call, (tensor, at) => (at === arg ? dropped : tensor));
  next.set(key, withoutDropped(marked, dropped));
  forgetShapes(next, [path]);
  return next.diff();
}

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

/** Makes `source` the tensor at `arg` of a call (`args/0`, `args/0/1`, `kwargs/value`); a new argument is added at its end. */
export function chooseInput(document: Document, path: string, nodeIndex: number, arg: string, source: Source): Diff {
  const next = change(document);
  if (!layer(document, path) || parentOf(path) !== parentOf(source.path)) return next.diff();
  const key = `call/${path}/${nodeIndex}`;
  const tensor = kerasTensor(unescapeName(lastOf(source.path)), source.nodeIndex, source.tensorIndex);
  next.set(key, setAt(next.get(key) ?? { args: [], kwargs: {} }, arg.split("/"), tensor));
  forgetShapes(next, [path]);
  return next.diff();
}

/** Connects `source` to the first free place of a call: another element of a list, else the first argument. */
export function connect(document: Document, source: Source, path: string, nodeIndex = 0, takes: "list" | "one" = "one"): Diff {
  const call = document.records.get(`call/${path}/${nodeIndex}`);
  const args = isObject(call) && isArray(call.args) ? call.args : [];
  const list = args[0];
  if (isArray(list)) return chooseInput(document, path, nodeIndex, `args/0/${list.length}`, source);
  if (takes === "one") return chooseInput(document, path, nodeIndex, "args/0", source);
  // One tensor where a list belongs becomes the first of a list.
  const key = `call/${path}/${nodeIndex}`;
  const items = list === undefined || list === null ? [] : [list];
  const widened = change(document);
  widened.set(key, { ...(isObject(call) ? call : { kwargs: {} }), args: [items, ...args.slice(1)] });
  const base: Document = { ...document, records: new Map(document.records) };
  apply(base, widened.diff());
  return squash(widened.diff(), chooseInput(base, path, nodeIndex, `args/0/${items.length}`, source));
}

/** Deletes layers; keeping the wire, who took a layer's output takes what the layer took first. */
export function deleteLayers(document: Document, paths: readonly string[], wire: "keep" | "cut"): Diff {
  const next = change(document);
  for (const path of paths) {
    const entry = next.get(`layer/${path}`);
    if (!isObject(entry)) continue;
    const parent = parentOf(path);
    const name = nameIn(entry, path);
    const fed = tensorsOf(next.get(`call/${path}/0`) ?? null)[0];
    const instead: Reference | null = wire === "keep" && fed ? [fed.layer, fed.nodeIndex, fed.tensorIndex] : null;
    for (const key of document.records.keys()) {
      if (movedKey(key, path, path) !== null) next.set(key, undefined);
    }
    if (joinPath(parent, name) === path) redirect(next, parent, name, () => instead);
    renameInOrder(next, parent, lastOf(path), null);
  }
  return next.diff();
}

export function setModelInputs(document: Document, refs: readonly Source[], parent = ""): Diff {
  return setModelEnds(document, "input_layers", refs, parent);
}

export function setModelOutputs(document: Document, refs: readonly Source[], parent = ""): Diff {
  return setModelEnds(document, "output_layers", refs, parent);
}

/** Places boxes; null gives a box back to the layout. It infers nothing. */
export function move(document: Document, positions: ReadonlyMap<string, readonly [x: number, y: number] | null>): Diff {
  return diffOf(document, new Map([...positions].map(([path, at]) => [`view/positions/${path}`, at ?? undefined])));
}

export function setPlan(document: Document, key: string, value: Json | undefined): Diff {
  return diffOf(document, new Map([[`plan/${key}`, value]]));
}

export function setPlans(document: Document, values: ReadonlyMap<string, Json | undefined>): Diff {
  return diffOf(document, new Map([...values].map(([key, value]) => [`plan/${key}`, value])));
}

/** A name that no layer of the model has: `dense`, `dense_1`, … */
export function freeName(document: Document, parent: string, stem: string): string {
  const isTaken = (name: string): boolean => document.records.has(`layer/${joinPath(parent, name)}`);
  let name = stem;
  for (let n = 1; isTaken(name); n += 1) name = `${stem}_${n}`;
  return name;
}

/** Keras's own way from a class to a layer's name: `Conv2D` → `conv2d`, `BatchNormalization` → `batch_normalization`. */
export function snakeCase(className: string): string {
  return className
    .replaceAll(/\W+/g, "")
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

type Reference = readonly [string, number, number];

interface Change {
  readonly document: Document;
  get(key: string): Json | undefined;
  set(key: string, value: Json | undefined): void;
  keys(): string[];
  diff(): Diff;
}

function change(document: Document): Change {
  const next = new Map<string, Json | undefined>();
  const get = (key: string): Json | undefined => (next.has(key) ? next.get(key) : document.records.get(key));
  return {
    document,
    get,
    set: (key, value) => next.set(key, value),
    keys: () => [...new Set([...document.records.keys(), ...next.keys()])].filter((key) => get(key) !== undefined),
    diff: () => diffOf(document, next),
  };
}

function layer(document: Document, path: string): JsonObject | null {
  const entry = document.records.get(`layer/${path}`);
  return isObject(entry) ? entry : null;
}

function nameIn(entry: JsonObject, path: string): string {
  if (typeof entry.name === "string") return entry.name;
  const name = isObject(entry.config) ? entry.config.name : undefined;
  return typeof name === "string" ? name : unescapeName(lastOf(path));
}

/** Where a record of the layer at `from`, or inside it, goes when the layer goes to `to`; null for others' records. */
function movedKey(key: string, from: string, to: string): string | null {
  for (const prefix of ["layer/", "call/", "view/positions/", "view/groups/", "view/notes/"]) {
    const head = prefix + from;
    if (key.startsWith(head) && (key.length === head.length || key[head.length] === "/")) return prefix + to + key.slice(head.length);
  }
  return null;
}

function renameReferences(next: Change, parent: string, from: string, to: string): void {
  redirect(next, parent, from, ([, node, tensor]) => [to, node, tensor], { keepShapes: true });
}

/** Rewrites every reference to a layer within one model; null drops the tensor from lists and leaves a null elsewhere. */
function redirect(
  next: Change,
  parent: string,
  name: string,
  to: (ref: Reference) => Reference | null,
  options: { keepShapes?: boolean } = {},
): void {
  const touched: string[] = [];
  const prefix = parent === "" ? "call/" : `call/${parent}/`;
  for (const key of next.keys()) {
    if (!key.startsWith(prefix) || parentOf(parentOf(key.slice(5))) !== parent) continue;
    const call = next.get(key);
    if (call === undefined) continue;
    const dropped: JsonObject = { class_name: "dropped" };
    const replaced = mapTensors(call, (tensor) => {
      const ref = historyOf(tensor);
      if (!ref || ref[0] !== name) return tensor;
      const target = to(ref);
      if (!target) return dropped;
      return target === ref ? tensor : { ...tensor, config: { ...(isObject(tensor.config) ? tensor.config : {}), keras_history: target } };
    });
    if (replaced === call) continue;
    next.set(key, withoutDropped(replaced, dropped));
    touched.push(parentOf(key.slice(5)));
  }
  const key = modelKey(parent);
  const model = next.get(key);
  if (isObject(model) && isObject(model.config)) {
    const ends = ["input_layers", "output_layers"].filter((end) => isObject(model.config) && end in model.config);
    // Only a new name, or none, reaches the model's inputs: a layer after an input is no input.
    const ofInputs = (ref: Reference): Reference | null => (options.keepShapes || to(ref) === null ? to(ref) : ref);
    const moved = (end: string): Json => mapEnds((model.config as JsonObject)[end] ?? null, name, end === "input_layers" ? ofInputs : to);
    const config = { ...model.config, ...Object.fromEntries(ends.map((end) => [end, moved(end)])) };
    next.set(key, { ...model, config });
  }
  if (!options.keepShapes) forgetShapes(next, touched);
}

function withoutDropped(value: Json, dropped: Json): Json {
  if (isArray(value)) return value.filter((item) => item !== dropped).map((item) => withoutDropped(item, dropped));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item === dropped ? null : withoutDropped(item, dropped)]));
}

/** Ends are one reference, or lists and dicts of them. */
function mapEnds(ends: Json, name: string, to: (ref: Reference) => Reference | null): Json {
  if (isReference(ends)) return ends[0] === name ? to(ends) : ends;
  if (isArray(ends)) return ends.map((end) => mapEnds(end, name, to)).filter((end, i) => end !== null || ends[i] === null);
  if (isObject(ends)) return Object.fromEntries(Object.entries(ends).map(([key, end]) => [key, mapEnds(end, name, to)]));
  return ends;
}

/** Ends as a list: Keras writes a single one without the list around it. */
function endsList(ends: Json): readonly Json[] {
  if (isReference(ends)) return [ends];
  return isArray(ends) ? ends : [];
}

/** The outputs of a model where they are one or a list; null where they are named or nested. */
export function modelOutputs(document: Document, parent = ""): readonly Source[] | null {
  const owner = document.records.get(modelKey(parent));
  const ends = isObject(owner) && isObject(owner.config) ? (owner.config.output_layers ?? null) : null;
  const list = ends === null || isObject(ends) ? null : endsList(ends);
  if (!list?.every(isReference)) return null;
  return list.map(([layerName, nodeIndex, tensorIndex]) => ({ path: joinPath(parent, layerName), nodeIndex, tensorIndex }));
}

function isReference(value: Json): value is Reference {
  return isArray(value) && value.length === 3 && typeof value[0] === "string" && typeof value[1] === "number";
}

function renameInOrder(next: Change, parent: string, from: string, to: string | null): void {
  const owner = next.get(modelKey(parent));
  if (!isObject(owner) || !isArray(owner.order)) return;
  const order = owner.order.flatMap((name) => (name !== from ? [name] : to === null ? [] : [to]));
  next.set(modelKey(parent), { ...owner, order });
}

function setModelEnds(document: Document, end: string, refs: readonly Source[], parent: string): Diff {
  const next = change(document);
  const model = next.get(modelKey(parent));
  if (!isObject(model) || !isObject(model.config) || !holdsLayers(model) || isSequential(model)) return next.diff();
  const ends = refs.filter((ref) => parentOf(ref.path) === parent).map((ref) => [unescapeName(lastOf(ref.path)), ref.nodeIndex, ref.tensorIndex]);
  next.set(modelKey(parent), { ...model, config: { ...model.config, [end]: ends } });
  return next.diff();
}

function setAt(value: Json, way: readonly string[], leaf: Json): Json {
  const [head, ...rest] = way;
  if (head === undefined) return leaf;
  const isIndex = /^\d+$/.test(head);
  if (isArray(value) || (isIndex && !isObject(value))) {
    const items = isArray(value) ? value : [];
    const at = Math.min(Number(head), items.length);
    return items.toSpliced(at, 1, setAt(items[at] ?? null, rest, leaf));
  }
  const fields = isObject(value) ? value : {};
  return { ...fields, [head]: setAt(fields[head] ?? null, rest, leaf) };
}

/** Drops what the file recorded downstream of changed layers: their tensors' shapes and `build_config`. */
function forgetShapes(next: Change, changed: readonly string[]): void {
  if (changed.length === 0) return;
  const consumers = new Map<string, string[]>();
  for (const key of next.keys()) {
    if (!key.startsWith("call/")) continue;
    const path = parentOf(key.slice(5));
    for (const use of tensorsOf(next.get(key) ?? null)) {
      const source = joinPath(parentOf(path), use.layer);
      const list = consumers.get(source);
      if (list) list.push(path);
      else consumers.set(source, [path]);
    }
  }
  const followers = followersInSequentials(next);
  const seen = new Set<string>(changed);
  const front = [...seen];
  for (let path = front.pop(); path !== undefined; path = front.pop()) {
    const parent = parentOf(path);
    for (const consumer of [...(consumers.get(path) ?? []), ...(followers.get(path) ?? []), ...(parent === "" ? [] : [parent])]) {
      if (seen.has(consumer)) continue;
      seen.add(consumer);
      front.push(consumer);
    }
  }
  // Only now: a tensor may come from a layer that the walk found last.
  for (const path of seen) forgetAt(next, path, seen);
}

/** Who comes after whom inside of Sequentials. */
function followersInSequentials(next: Change): Map<string, readonly string[]> {
  const followers = new Map<string, readonly string[]>();
  for (const key of next.keys()) {
    if (key !== "model" && !key.startsWith("layer/")) continue;
    const record = next.get(key);
    if (!isObject(record) || !isSequential(record) || !isArray(record.order)) continue;
    const parent = key === "model" ? "" : `${key.slice(6)}/`;
    const paths = record.order.map((name) => `${parent}${String(name)}`);
    paths.slice(1).forEach((path, i) => followers.set(paths[i] ?? "", [path]));
  }
  return followers;
}

function forgetAt(next: Change, path: string, changed: ReadonlySet<string>): void {
  const entry = next.get(`layer/${path}`);
  if (isObject(entry) && "build_config" in entry) next.set(`layer/${path}`, without(entry, "build_config"));
  const parent = parentOf(path);
  for (let k = 0; next.get(`call/${path}/${k}`) !== undefined; k += 1) {
    const key = `call/${path}/${k}`;
    const call = next.get(key) ?? null;
    const forgotten = mapTensors(call, (tensor) => {
      const ref = historyOf(tensor);
      if (!ref || !isObject(tensor.config) || !("shape" in tensor.config) || !changed.has(joinPath(parent, ref[0]))) return tensor;
      return { ...tensor, config: without(tensor.config, "shape") };
    });
    if (forgotten !== call) next.set(key, forgotten);
  }
}


/** Warnings and hints of a code are left out from now on. */
export function ignore(document: Document, code: string): Diff {
  return diffOf(document, new Map([[IGNORED + code, true]]));
}

export function ignoreNothing(document: Document): Diff {
  return diffOf(document, new Map(ignoredCodes(document).map((code) => [IGNORED + code, undefined])));
}

/** The codes that a document leaves out. */
export function ignoredCodes(document: Document): string[] {
  return [...document.records.keys()].filter((key) => key.startsWith(IGNORED)).map((key) => key.slice(IGNORED.length)).sort();
}

const IGNORED = "view/ignored/";
