import { EMPTY_DIFF, apply, diffOf, historyOf, isSequential, joinPath, lastOf, mapTensors, modelKey, parentOf, squash, tensorsOf, unescapeName, type Diff, type Document } from "../document";
import { isArray, isObject, without, type Json, type JsonObject } from "../json";

// What intents share: records gathered into one diff, references followed, recorded shapes forgotten.

export type Reference = readonly [string, number, number];

export interface Change {
  readonly document: Document;
  get(key: string): Json | undefined;
  set(key: string, value: Json | undefined): void;
  keys(): string[];
  diff(): Diff;
}

export function change(document: Document): Change {
  const next = new Map<string, Json | undefined>();
  const get = (key: string): Json | undefined => (next.has(key) ? next.get(key) : document.records.get(key));
  return {
    document,
    get,
    set: (key, value) => next.set(key, value),
    keys: () => [
      ...[...document.records.keys()].filter((key) => !next.has(key) || next.get(key) !== undefined),
      ...[...next].flatMap(([key, value]) => (value === undefined || document.records.has(key) ? [] : [key])),
    ],
    diff: () => diffOf(document, next),
  };
}

/** One diff for intents that build on each other: each sees the document as those before it leave it. */
export function sequence(document: Document, intents: readonly ((open: Document) => Diff)[]): Diff {
  const open: Document = { records: new Map(document.records), version: document.version, order: new Map(document.order) };
  return intents.reduce((done, intent) => {
    const next = intent(open);
    apply(open, next);
    return squash(done, next);
  }, EMPTY_DIFF);
}

export function layer(document: Document, path: string): JsonObject | null {
  const entry = document.records.get(`layer/${path}`);
  return isObject(entry) ? entry : null;
}

export function nameIn(entry: JsonObject, path: string): string {
  if (typeof entry.name === "string") return entry.name;
  const name = isObject(entry.config) ? entry.config.name : undefined;
  return typeof name === "string" ? name : unescapeName(lastOf(path));
}

/** What the user said beside a layer: it goes where the layer goes. */
export const OF_A_LAYER = ["positions", "pins", "frames", "notes", "colours", "expressions", "off"] as const;

/** Where a record of the layer at `from`, or inside it, goes when the layer goes to `to`; null for others' records. */
export function movedKey(key: string, from: string, to: string): string | null {
  for (const prefix of ["layer/", "call/", ...OF_A_LAYER.map((what) => `view/${what}/`)]) {
    const head = prefix + from;
    if (key.startsWith(head) && (key.length === head.length || key[head.length] === "/")) return prefix + to + key.slice(head.length);
  }
  return null;
}

export function renameReferences(next: Change, parent: string, from: string, to: string): void {
  redirect(next, parent, from, ([, node, tensor]) => [to, node, tensor], { keepShapes: true });
}

/** Rewrites every reference to a layer within one model; null drops the tensor from lists and leaves a null elsewhere. */
export function redirect(
  next: Change,
  parent: string,
  name: string,
  to: (ref: Reference) => Reference | null,
  options: { keepShapes?: boolean; except?: ReadonlySet<string> } = {},
): void {
  const touched: string[] = [];
  const prefix = parent === "" ? "call/" : `call/${parent}/`;
  for (const key of next.keys()) {
    if (!key.startsWith(prefix) || parentOf(parentOf(key.slice(5))) !== parent) continue;
    if (options.except?.has(parentOf(key.slice(5)))) continue;
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

export function withoutDropped(value: Json, dropped: Json): Json {
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
export function endsList(ends: Json): readonly Json[] {
  if (isReference(ends)) return [ends];
  return isArray(ends) ? ends : [];
}

export function isReference(value: Json): value is Reference {
  return isArray(value) && value.length === 3 && typeof value[0] === "string" && typeof value[1] === "number";
}

export function renameInOrder(next: Change, parent: string, from: string, to: string | null): void {
  const owner = next.get(modelKey(parent));
  if (!isObject(owner) || !isArray(owner.order)) return;
  const order = owner.order.flatMap((name) => (name !== from ? [name] : to === null ? [] : [to]));
  next.set(modelKey(parent), { ...owner, order });
}

/** Drops what the file recorded downstream of changed layers: their tensors' shapes and `build_config`. */
export function forgetShapes(next: Change, changed: readonly string[]): void {
  if (changed.length === 0) return;
  const consumers = new Map<string, string[]>();
  const keys = next.keys();
  for (const key of keys) {
    if (!key.startsWith("call/")) continue;
    const path = parentOf(key.slice(5));
    for (const use of tensorsOf(next.get(key) ?? null)) {
      const source = joinPath(parentOf(path), use.layer);
      const list = consumers.get(source);
      if (list) list.push(path);
      else consumers.set(source, [path]);
    }
  }
  const followers = followersInSequentials(next, keys);
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
function followersInSequentials(next: Change, keys: readonly string[]): Map<string, readonly string[]> {
  const followers = new Map<string, readonly string[]>();
  for (const key of keys) {
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
