import { equal, isArray, isObject, without, type Json, type JsonObject } from "./json";

// The document seen flat: records in a Map, changed by diffs only.
//
//   document                what stands beside the parts below
//   model                   the model without its layers
//   layer/<path>            a layer's entry without its calls (of a nested model: without its layers)
//   call/<path>/<k>         one entry of its inbound_nodes
//   view/<what>/<name>      plan/<key>      contracts/<class>
//
// A path joins nested names: `encoder/dense1`. In a name, `~1` is a slash and `~0` a tilde; `~2` at its end is the
// second layer of that name; `~` alone is the empty name. The model or nested model that is a Sequential carries `order`, its layers' names in order.

export type Records = ReadonlyMap<string, Json>;

export interface Diff {
  readonly added: JsonObject;
  readonly updated: Readonly<Record<string, readonly [from: Json, to: Json]>>;
  readonly removed: JsonObject;
}

/** Records behind a version counter. Only `apply` changes one: copying 20,000 records an edit would cost milliseconds. */
export interface Document {
  readonly records: Map<string, Json>;
  version: number;
  /** Layer paths as they first came. It keeps removed ones, so that undo brings a layer back to its place. */
  readonly order: Map<string, number>;
}

/** A document of a model without layers, to draw one from nothing. */
export const EMPTY_MODEL: JsonObject = {
  layerwright: 1,
  model: {
    module: "keras.src.models.functional",
    class_name: "Functional",
    config: { name: "model", trainable: true, layers: [], input_layers: [], output_layers: [] },
    registered_name: "Functional",
  },
  view: { positions: {}, groups: {}, notes: {} },
  plan: {},
};

export const EMPTY_DIFF: Diff = { added: {}, updated: {}, removed: {} };

/** Reads a document's JSON. Whatever it does not know stays in the records and is written again. */
export function fromJson(json: JsonObject): Document {
  const document: Document = { records: new Map(), version: 0, order: new Map() };
  const put = (key: string, value: Json): void => {
    document.records.set(key, value);
    remember(document, key);
  };
  put("document", without(json, "model", "view", "plan", "contracts"));
  if (json.model !== undefined) put("model", flatten(json.model, "", put));
  for (const [what, entries] of Object.entries(isObject(json.view) ? json.view : {})) {
    for (const [name, value] of Object.entries(isObject(entries) ? entries : {})) put(`view/${what}/${name}`, value);
  }
  for (const [key, value] of Object.entries(isObject(json.plan) ? json.plan : {})) put(`plan/${key}`, value);
  for (const [name, value] of Object.entries(isObject(json.contracts) ? json.contracts : {})) put(`contracts/${name}`, value);
  return document;
}

/** The document as JSON; it always can be written. */
export function toJson(document: Document): JsonObject {
  const { records } = document;
  const layers = new Map<string, string[]>();
  const calls = new Map<string, [number, Json][]>();
  const view: Record<string, Record<string, Json>> = { positions: {}, groups: {}, notes: {} };
  const plan: Record<string, Json> = {};
  const contracts: Record<string, Json> = {};
  for (const [key, value] of records) {
    const [kind, rest] = splitFirst(key);
    if (kind === "layer") push(layers, parentOf(rest), rest);
    else if (kind === "call") push(calls, parentOf(rest), [Number(lastOf(rest)), value]);
    else if (kind === "plan") plan[rest] = value;
    else if (kind === "contracts") contracts[rest] = value;
    else if (kind === "view") {
      const [what, name] = splitFirst(rest);
      (view[what] ??= {})[name] = value;
    }
  }
  const rebuild = (record: Json, path: string): Json => {
    if (!isObject(record) || !holdsLayers(record)) return record;
    const config = isObject(record.config) ? record.config : {};
    const paths = ordered(document, layers.get(path) ?? [], record.order);
    const entries = paths.map((child) => layerEntry(child, isSequential(record)));
    return { ...without(record, "order"), config: { ...config, layers: entries } };
  };
  const layerEntry = (path: string, inSequential: boolean): Json => {
    const entry = rebuild(records.get(`layer/${path}`) ?? null, path);
    const own = (calls.get(path) ?? []).sort(([a], [b]) => a - b).map(([, call]) => call);
    if (!isObject(entry) || "inbound_nodes" in entry || (inSequential && own.length === 0)) return entry;
    return { ...entry, inbound_nodes: own };
  };
  const rest = records.get("document");
  const model = records.get("model");
  return {
    ...(isObject(rest) ? rest : { layerwright: 1 }),
    ...(model === undefined ? {} : { model: rebuild(model, "") }),
    view,
    plan,
    ...(Object.keys(contracts).length > 0 ? { contracts } : {}),
  };
}

/** Applies a diff in place. Records that are already as the diff wants them stay as they are. */
export function apply(document: Document, diff: Diff): void {
  const { records } = document;
  const gone = Object.keys(diff.removed);
  for (const key of gone) records.delete(key);
  for (const [key, value] of Object.entries(diff.added)) {
    records.set(key, value);
    remember(document, key);
  }
  for (const [key, [, to]] of Object.entries(diff.updated)) records.set(key, to);
  document.version += 1;
}

export function reverse(diff: Diff): Diff {
  const updated = Object.fromEntries(Object.entries(diff.updated).map(([key, [from, to]]) => [key, [to, from] as const]));
  return { added: diff.removed, updated, removed: diff.added };
}

/** One diff that does what `first` and then `second` do. */
export function squash(first: Diff, second: Diff): Diff {
  const before = new Map<string, Json | undefined>();
  const after = new Map<string, Json | undefined>();
  for (const diff of [first, second]) {
    for (const [key, from, to] of changes(diff)) {
      if (!before.has(key)) before.set(key, from);
      after.set(key, to);
    }
  }
  return between(before, after);
}

/** The diff that gives each named record its new value; undefined removes it. */
export function diffOf(document: Document, next: ReadonlyMap<string, Json | undefined>): Diff {
  const before = new Map([...next.keys()].map((key) => [key, document.records.get(key)]));
  return between(before, next);
}

/** What makes a document another one. */
export function diffInto(document: Document, next: JsonObject): Diff {
  const { records } = fromJson(next);
  const keys = [...document.records.keys(), ...records.keys()];
  return diffOf(document, new Map(keys.map((key) => [key, records.get(key)])));
}

export function isEmpty(diff: Diff): boolean {
  return [diff.added, diff.updated, diff.removed].every((part) => Object.keys(part).length === 0);
}

export function escapeName(name: string): string {
  // The empty path is the model itself: a layer without a name must not have it.
  return name === "" ? "~" : name.replaceAll("~", "~0").replaceAll("/", "~1");
}

export function unescapeName(name: string): string {
  return name === "~" ? "" : name.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The path of the model that a layer lies in; "" is the outermost. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

export function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The path of a layer named `name` in the model at `parent`. */
export function joinPath(parent: string, name: string): string {
  return parent === "" ? escapeName(name) : `${parent}/${escapeName(name)}`;
}

/** The path of a layer by its key in the report, where the second layer of a name is `name~2`, as it is here. */
export function pathOfKey(parent: string, key: string): string {
  const [, name, number] = /^(.*)~([2-9]\d*)$/s.exec(key) ?? [];
  const last = name === undefined ? escapeName(key) : `${escapeName(name)}~${number ?? ""}`;
  return parent === "" ? last : `${parent}/${last}`;
}

/** A layer's key in the report, by its path. */
export function keyOfPath(path: string): string {
  const [, name, number] = /^(.*)~([2-9]\d*)$/s.exec(lastOf(path)) ?? [];
  return name === undefined ? unescapeName(lastOf(path)) : `${unescapeName(name)}~${number ?? ""}`;
}

/** The key of the record that holds a model's inputs and outputs. */
export function modelKey(path: string): string {
  return path === "" ? "model" : `layer/${path}`;
}

export function isSequential(record: Json | undefined): boolean {
  return isObject(record) && record.class_name === "Sequential";
}

/** Whether a record stands for a model, outermost or nested. */
export function holdsLayers(record: Json): boolean {
  return isObject(record) && (isArray(record.order) || (isObject(record.config) && "input_layers" in record.config));
}

/** Layer paths of the model at `parent`, in order. */
export function layerPaths(document: Document, parent = ""): string[] {
  const found = [...document.records.keys()].filter((key) => key.startsWith("layer/")).map((key) => key.slice(6));
  const record = document.records.get(modelKey(parent));
  return ordered(document, found.filter((path) => parentOf(path) === parent), isObject(record) ? record.order : undefined);
}

/** The calls of a layer, by their keys in order. */
export function callKeys(document: Document, path: string): string[] {
  const keys: string[] = [];
  for (let k = 0; document.records.has(`call/${path}/${k}`); k += 1) keys.push(`call/${path}/${k}`);
  return keys;
}

export interface TensorUse {
  readonly layer: string;
  readonly nodeIndex: number;
  readonly tensorIndex: number;
  /** Where it came in: `args/0/1`, `kwargs/value`. */
  readonly arg: string;
}

/** The tensors that a call record takes, in the order written. */
export function tensorsOf(call: Json): TensorUse[] {
  const found: TensorUse[] = [];
  mapTensors(call, (tensor, arg) => {
    const ref = historyOf(tensor);
    if (ref) found.push({ layer: ref[0], nodeIndex: ref[1], tensorIndex: ref[2], arg });
    return tensor;
  });
  return found;
}

/** The value with each `__keras_tensor__` in it replaced; parts without one stay the same object. */
export function mapTensors(value: Json, replace: (tensor: JsonObject, arg: string) => Json, arg = ""): Json {
  if (isArray(value)) {
    const items = value.map((item, i) => mapTensors(item, replace, join(arg, String(i))));
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (!isObject(value)) return value;
  if (value.class_name === "__keras_tensor__") return replace(value, arg);
  const entries = Object.entries(value).map(([key, item]) => [key, mapTensors(item, replace, join(arg, key))] as const);
  return entries.every(([key, item]) => item === value[key]) ? value : Object.fromEntries(entries);
}

/** Layer, call and output that a `__keras_tensor__` names; null where it names none. */
export function historyOf(tensor: JsonObject): readonly [string, number, number] | null {
  const history = isObject(tensor.config) ? tensor.config.keras_history : undefined;
  if (!isArray(history)) return null;
  const [layer, node, index] = history;
  return typeof layer === "string" && typeof node === "number" && typeof index === "number" ? [layer, node, index] : null;
}

/** A `__keras_tensor__` without a recorded shape: the service infers it. */
export function kerasTensor(layer: string, nodeIndex: number, tensorIndex: number): JsonObject {
  return { class_name: "__keras_tensor__", config: { dtype: "float32", keras_history: [layer, nodeIndex, tensorIndex] } };
}

function flatten(model: Json, parent: string, put: (key: string, value: Json) => void): Json {
  if (!isObject(model) || !isObject(model.config) || !isArray(model.config.layers)) return model;
  const taken = new Set<string>();
  const names: string[] = [];
  for (const entry of model.config.layers) {
    const name = unique(escapeName(nameOf(entry)), taken);
    const path = parent === "" ? name : `${parent}/${name}`;
    names.push(name);
    const calls = isObject(entry) && isArray(entry.inbound_nodes) ? entry.inbound_nodes : null;
    const record = flatten(entry, path, put);
    put(`layer/${path}`, calls && isObject(record) ? without(record, "inbound_nodes") : record);
    calls?.forEach((call, k) => {
      put(`call/${path}/${k}`, call);
    });
  }
  const rest = { ...model, config: without(model.config, "layers") };
  return holdsLayers(rest) ? rest : { ...rest, order: names };
}

function nameOf(entry: Json): string {
  if (!isObject(entry)) return "unnamed";
  if (typeof entry.name === "string") return entry.name;
  return isObject(entry.config) && typeof entry.config.name === "string" ? entry.config.name : "unnamed";
}

function unique(name: string, taken: Set<string>): string {
  let key = name;
  for (let n = 2; taken.has(key); n += 1) key = `${name}~${n}`;
  taken.add(key);
  return key;
}

function remember(document: Document, key: string): void {
  if (key.startsWith("layer/") && !document.order.has(key.slice(6))) document.order.set(key.slice(6), document.order.size);
}

function ordered(document: Document, paths: readonly string[], order: Json | undefined): string[] {
  const names = new Map(isArray(order) ? order.map((name, i) => [name, i] as const) : []);
  const place = (path: string): number => names.get(lastOf(path)) ?? names.size + (document.order.get(path) ?? 0);
  return [...paths].sort((a, b) => place(a) - place(b));
}

function* changes(diff: Diff): Generator<[string, Json | undefined, Json | undefined]> {
  for (const [key, value] of Object.entries(diff.removed)) yield [key, value, undefined];
  for (const [key, value] of Object.entries(diff.added)) yield [key, undefined, value];
  for (const [key, [from, to]] of Object.entries(diff.updated)) yield [key, from, to];
}

function between(before: ReadonlyMap<string, Json | undefined>, after: ReadonlyMap<string, Json | undefined>): Diff {
  // Entries, not assignment: a layer may be called `__proto__`.
  const added: [string, Json][] = [];
  const removed: [string, Json][] = [];
  const updated: [string, readonly [Json, Json]][] = [];
  for (const [key, to] of after) {
    const from = before.get(key);
    if (from === undefined && to !== undefined) added.push([key, to]);
    else if (from !== undefined && to === undefined) removed.push([key, from]);
    else if (from !== undefined && to !== undefined && !equal(from, to)) updated.push([key, [from, to]]);
  }
  return { added: Object.fromEntries(added), updated: Object.fromEntries(updated), removed: Object.fromEntries(removed) };
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function splitFirst(key: string): [string, string] {
  const slash = key.indexOf("/");
  return slash < 0 ? [key, ""] : [key.slice(0, slash), key.slice(slash + 1)];
}

function join(arg: string, key: string): string {
  return arg === "" ? key : `${arg}/${key}`;
}
