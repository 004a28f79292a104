import { callKeys, escapeName, fromJson, historyOf, isSequential, joinPath, lastOf, layerPaths, mapTensors, modelKey, parentOf, toJson, unescapeName, type Diff, type Document } from "../document";
import { isArray, isObject, without, type Json, type JsonObject } from "../json";
import { change, endsList, forgetShapes, nameIn, redirect, withoutDropped } from "./change";
import { freeName } from "./names";
import { sourcesOf, type Source } from "./wires";

// Some layers of a model as a model of their own: what is copied, and what a block of the palette is.
//
// It is Keras JSON that Keras itself builds: what comes from outside comes from inputs that stand in for it. Beside the
// config, `layerwright` says which they are, so that pasting wires the layers instead of adding inputs.

export interface Fragment {
  readonly model: JsonObject;
  /** The outer tensor that each stand-in input is for: its layer's name, call and output; null where there is none. */
  readonly standsFor: Readonly<Record<string, readonly [string, number, number] | null>>;
  /** Where the layers stood. */
  readonly positions: Readonly<Record<string, readonly [number, number]>>;
}

/** What an input that stands in for a tensor says about it. */
export type InputOf = (source: Source) => { readonly shape: readonly (number | null)[] | null; readonly dtype: string | null } | null;

/** The layers at `paths`, which lie beside each other in one model; null where they do not, or are of a Sequential. */
export function fragmentOf(document: Document, paths: readonly string[], inputOf: InputOf): Fragment | null {
  const [first] = paths;
  const parent = first === undefined ? "" : parentOf(first);
  const owner = document.records.get(modelKey(parent));
  if (first === undefined || isSequential(owner) || paths.some((path) => parentOf(path) !== parent)) return null;
  const inside = new Set(paths);
  const standIns = new Map<string, Source>();
  const standInOf = (source: Source): string => {
    const name = unescapeName(lastOf(source.path));
    const stem = source.nodeIndex === 0 && source.tensorIndex === 0 ? `${name}_input` : `${name}_${source.nodeIndex}_${source.tensorIndex}_input`;
    for (let n = 0; ; n += 1) {
      const free = n === 0 ? stem : `${stem}_${n}`;
      const taken = standIns.get(free);
      if (inside.has(joinPath(parent, free)) || (taken && sourceText(taken) !== sourceText(source))) continue;
      standIns.set(free, source);
      return free;
    }
  };
  const records = new Map<string, Json>();
  const taken = new Set<string>();
  for (const path of layerPaths(document, parent).filter((one) => inside.has(one))) {
    for (const [key, value] of document.records) {
      const rest = key.startsWith(`layer/${path}`) ? key.slice(6) : key.startsWith(`call/${path}/`) ? key.slice(5) : null;
      if (rest === null || (rest !== path && !rest.startsWith(`${path}/`))) continue;
      const kind = key.slice(0, key.indexOf("/"));
      const own = parent === "" ? rest : rest.slice(parent.length + 1);
      const isOwnCall = kind === "call" && parentOf(rest) === path;
      records.set(`${kind}/${own}`, isOwnCall ? inward(value) : value);
    }
    for (const key of callKeys(document, path)) for (const source of sourcesOf(document.records.get(key) ?? null, parent)) taken.add(sourceText(source));
  }
  function inward(call: Json): Json {
    return mapTensors(call, (tensor) => {
      const ref = historyOf(tensor);
      const path = ref ? joinPath(parent, ref[0]) : "";
      if (!ref) return tensor;
      // Keras reads no tensor without its shape, which an edit has made this document forget.
      const source = { path, nodeIndex: ref[1], tensorIndex: ref[2] };
      const known = inputOf(source);
      const history = inside.has(path) ? ref : [standInOf(source), 0, 0];
      return { ...tensor, config: { ...(isObject(tensor.config) ? tensor.config : {}), ...(known?.shape ? { shape: known.shape, dtype: known.dtype ?? "float32" } : {}), keras_history: history } };
    });
  }
  const inputs = [...standIns].map(([name, source]): [string, Json] => {
    const known = inputOf(source);
    return [name, inputEntry(name, known?.shape ?? [null], known?.dtype ?? "float32")];
  });
  const ownInputs = endsList(isObject(owner) && isObject(owner.config) ? (owner.config.input_layers ?? null) : null).filter((end) => isArray(end) && inside.has(joinPath(parent, String(end[0]))));
  const ends = [...inside].flatMap((path) => callKeys(document, path).map((_, nodeIndex): Source => ({ path, nodeIndex, tensorIndex: 0 }))).filter((end) => !taken.has(sourceText(end)));
  const copy: Document = {
    records: new Map<string, Json>([
      ["document", { layerwright: 1 }],
      ["model", functional("selection", [...inputs.map(([name]) => [name, 0, 0]), ...ownInputs], ends.map((end) => [unescapeName(lastOf(end.path)), end.nodeIndex, end.tensorIndex]))],
      ...inputs.map(([name, entry]): [string, Json] => [`layer/${escapeName(name)}`, entry]),
      ...records,
    ]),
    version: 0,
    order: new Map([...inputs.map(([name]) => escapeName(name)), ...[...records.keys()].filter((key) => key.startsWith("layer/")).map((key) => key.slice(6))].map((path, i) => [path, i])),
  };
  const positions = Object.fromEntries(paths.flatMap((path) => {
    const at = document.records.get(`view/positions/${path}`);
    return isPlace(at) ? [[lastOf(path), at] as const] : [];
  }));
  return {
    model: toJson(copy).model as JsonObject,
    standsFor: Object.fromEntries([...standIns].map(([name, { path, nodeIndex, tensorIndex }]) => [name, [unescapeName(lastOf(path)), nodeIndex, tensorIndex]])),
    positions,
  };
}

/** As text for the clipboard: Keras reads it as a model, we as what was copied. */
export function fragmentText({ model, standsFor, positions }: Fragment): string {
  return JSON.stringify({ ...model, layerwright: { stands_for: standsFor, positions } }, null, 1);
}

/** What was copied here or in another tab; null for any other text. */
export function readFragment(text: string): Fragment | null {
  if (!text.includes("stands_for")) return null;
  try {
    const read = JSON.parse(text) as Json;
    if (!isObject(read) || !isObject(read.layerwright) || !isObject(read.layerwright.stands_for)) return null;
    const standsFor = Object.fromEntries(Object.entries(read.layerwright.stands_for).map(([name, ref]) => [name, isArray(ref) ? ([String(ref[0]), Number(ref[1]), Number(ref[2])] as const) : null]));
    const positions = Object.fromEntries(Object.entries(isObject(read.layerwright.positions) ? read.layerwright.positions : {}).filter((entry): entry is [string, [number, number]] => isPlace(entry[1])));
    return { model: without(read, "layerwright"), standsFor, positions };
  } catch {
    return null;
  }
}

export interface Landing {
  readonly parent: string;
  /** What a stand-in's tensor is here; null leaves that input open. */
  readonly wire: (name: string) => Source | null;
  /** Who took this tensor takes the fragment's first output instead. */
  readonly instead?: Source;
}

/** Puts a fragment into a model under names that are free there. `added` says what each of its layers was called. */
export function addFragment(document: Document, fragment: Fragment, { parent, wire, instead }: Landing): { readonly diff: Diff; readonly added: readonly string[]; readonly paths: ReadonlyMap<string, string> } {
  const inner = fromJson({ layerwright: 1, model: fragment.model });
  const owner = document.records.get(modelKey(parent));
  const added: string[] = [];
  const names = new Map<string, string>();
  const scratch: Document = { ...document, records: new Map(document.records) };
  for (const path of layerPaths(inner)) {
    const old = nameIn((inner.records.get(`layer/${path}`) ?? {}) as JsonObject, path);
    if (Object.hasOwn(fragment.standsFor, old)) continue;
    const name = freeName(scratch, parent, old);
    names.set(path, name);
    scratch.records.set(`layer/${joinPath(parent, name)}`, null);
    added.push(joinPath(parent, name));
  }
  const next = change(document);
  for (const [key, value] of inner.records) {
    const slash = key.indexOf("/");
    const [kind, rest] = [key.slice(0, slash), key.slice(slash + 1)];
    if (kind !== "layer" && kind !== "call") continue;
    const [top = "", ...deeper] = rest.split("/");
    const name = names.get(top);
    if (name === undefined) continue;
    const path = joinPath(parent, name);
    const isOwn = kind === "layer" ? deeper.length === 0 : deeper.length === 1;
    const record = !isOwn ? value : kind === "layer" ? renamed(value, name) : outward(value);
    next.set([kind, path, ...deeper].join("/"), record);
  }
  function outward(call: Json): Json {
    const dropped: JsonObject = { class_name: "dropped" };
    const replaced = mapTensors(call, (tensor) => {
      const ref = historyOf(tensor);
      if (!ref) return tensor;
      const standIn = Object.hasOwn(fragment.standsFor, ref[0]) ? wire(ref[0]) : undefined;
      if (standIn === null) return dropped;
      const to = standIn ? [unescapeName(lastOf(standIn.path)), standIn.nodeIndex, standIn.tensorIndex] : [names.get(escapeName(ref[0])) ?? ref[0], ref[1], ref[2]];
      return { ...tensor, config: { ...without(isObject(tensor.config) ? tensor.config : {}, "shape"), keras_history: to } };
    });
    return withoutDropped(replaced, dropped);
  }
  const model = inner.records.get("model");
  const end = endsList(isObject(model) && isObject(model.config) ? (model.config.output_layers ?? null) : null)[0];
  if (instead && isArray(end)) {
    const to = [names.get(escapeName(String(end[0]))) ?? "", Number(end[1]), Number(end[2])] as const;
    const own = new Set(added);
    redirect(next, parent, unescapeName(lastOf(instead.path)), (ref) => (ref[1] === instead.nodeIndex && ref[2] === instead.tensorIndex ? to : ref), { except: own });
  }
  const inputs = added.filter((path) => isInput(next.get(`layer/${path}`))).map((path) => [unescapeName(lastOf(path)), 0, 0]);
  const ends = next.get(modelKey(parent));
  if (inputs.length > 0 && isObject(ends) && isObject(ends.config) && !isObject(ends.config.input_layers ?? null)) {
    next.set(modelKey(parent), { ...ends, config: { ...ends.config, input_layers: [...endsList(ends.config.input_layers ?? null), ...inputs] } });
  }
  if (isObject(owner) && isArray(owner.order)) next.set(modelKey(parent), { ...owner, order: [...owner.order, ...added.map(lastOf)] });
  forgetShapes(next, added);
  return { diff: next.diff(), added, paths: new Map([...names].map(([path, name]) => [path, joinPath(parent, name)])) };
}

/** A Functional model's record. */
export function functional(name: string, inputs: readonly Json[], outputs: readonly Json[]): JsonObject {
  return { module: "keras.src.models.functional", class_name: "Functional", config: { name, trainable: true, layers: [], input_layers: inputs, output_layers: outputs }, registered_name: "Functional" };
}

export function inputEntry(name: string, shape: readonly (number | null)[], dtype: string): JsonObject {
  return { module: "keras.layers", class_name: "InputLayer", config: { name, batch_shape: shape, dtype, sparse: false }, registered_name: null, name };
}

function isInput(entry: Json | undefined): boolean {
  return isObject(entry) && entry.class_name === "InputLayer";
}

function renamed(entry: Json, name: string): Json {
  if (!isObject(entry)) return entry;
  return { ...without(entry, "build_config"), config: isObject(entry.config) ? { ...entry.config, name } : entry.config ?? {}, ...("name" in entry ? { name } : {}) };
}

function isPlace(value: Json | undefined): value is readonly [number, number] {
  return isArray(value) && value.length === 2 && value.every((item) => typeof item === "number");
}

function sourceText({ path, nodeIndex, tensorIndex }: Source): string {
  return `${path} ${nodeIndex} ${tensorIndex}`;
}
