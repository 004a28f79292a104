import { callKeys, escapeName, historyOf, isSequential, joinPath, kerasTensor, lastOf, layerPaths, mapTensors, modelKey, parentOf, tensorsOf, unescapeName, EMPTY_DIFF, type Diff, type Document } from "../document";
import { isObject, without, type Json, type JsonObject } from "../json";
import { change, endsList, forgetShapes, isReference, movedKey, redirect, renameInOrder, type Change, type Reference } from "./change";
import { functional, inputEntry, type InputOf } from "./fragment";
import { freeName } from "./names";
import { sourcesOf, type Source } from "./wires";

// A selection becomes a model inside of the model, and a model's inside comes out again.

/**
 * Puts layers into a nested Functional model: what they take from outside are its inputs, what is taken from them its
 * outputs. It changes nothing where it cannot be: inputs of the model, layers of a Sequential, or a way that leaves the
 * selection and comes back, which would close a cycle.
 */
export function nest(document: Document, paths: readonly string[], name: string, inputOf: InputOf): Diff {
  const [first] = paths;
  const parent = first === undefined ? "" : parentOf(first);
  const inside = new Set(paths);
  const to = joinPath(parent, name);
  if (first === undefined || document.records.has(`layer/${to}`) || !canNest(document, paths)) return EMPTY_DIFF;
  const next = change(document);
  const inputs = new Map<string, Source>();
  const taken = new Map<string, Reference>();
  const siblings = layerPaths(document, parent);
  const outputOf = (ref: Reference): Reference => {
    const key = ref.join(" ");
    if (!taken.has(key)) taken.set(key, ref);
    return [name, 0, [...taken.keys()].indexOf(key)];
  };
  for (const path of siblings.filter((one) => inside.has(one))) {
    callKeys(document, path).forEach((key) => {
      for (const source of sourcesOf(document.records.get(key) ?? null, parent)) if (!inside.has(source.path)) inputs.set(sourceText(source), source);
    });
  }
  const innerNames = new Map<string, string>();
  const used = new Set([...inside].map(lastOf));
  for (const [key, source] of inputs) {
    let inner = escapeName(`${unescapeName(lastOf(source.path))}_input`);
    for (let n = 1; used.has(inner); n += 1) inner = escapeName(`${unescapeName(lastOf(source.path))}_input_${n}`);
    used.add(inner);
    innerNames.set(key, inner);
  }
  const inward = (call: Json): Json => mapTensors(call, (tensor) => {
    const ref = historyOf(tensor);
    const inner = ref && innerNames.get(sourceText({ path: joinPath(parent, ref[0]), nodeIndex: ref[1], tensorIndex: ref[2] }));
    return inner ? { ...tensor, config: { ...(isObject(tensor.config) ? tensor.config : {}), keras_history: [unescapeName(inner), 0, 0] } } : tensor;
  });
  // Who takes their outputs takes the model's; the records of those inside are moved after that.
  for (const path of inside) redirect(next, parent, unescapeName(lastOf(path)), outputOf, { except: inside });
  for (const path of inside) {
    for (const [key, value] of document.records) {
      const moved = movedKey(key, path, `${to}/${lastOf(path)}`);
      if (moved === null) continue;
      next.set(key, undefined);
      next.set(moved, key.startsWith(`call/${path}/`) && parentOf(key.slice(5)) === path ? inward(value) : value);
    }
  }
  for (const [key, inner] of innerNames) {
    const known = inputOf(inputs.get(key) ?? { path: "", nodeIndex: 0, tensorIndex: 0 });
    next.set(`layer/${to}/${inner}`, inputEntry(unescapeName(inner), known?.shape ?? [null], known?.dtype ?? "float32"));
  }
  const refs = [...innerNames.values()].map((inner): Json => [unescapeName(inner), 0, 0]);
  const { config, ...rest } = functional(name, refs, [...taken.values()]);
  next.set(`layer/${to}`, { ...rest, config: without(config as JsonObject, "layers"), name });
  const tensors = [...inputs.values()].map((source) => kerasTensor(unescapeName(lastOf(source.path)), source.nodeIndex, source.tensorIndex));
  const [only] = tensors;
  next.set(`call/${to}/0`, { args: [tensors.length === 1 && only ? only : tensors], kwargs: {} });
  forgetShapes(next, [to]);
  return next.diff();
}

/** Whether layers can stand in a model of their own: together, and none of their ways leaves them and comes back. */
export function canNest(document: Document, paths: readonly string[]): boolean {
  const [first] = paths;
  if (first === undefined) return false;
  const parent = parentOf(first);
  const owner = document.records.get(modelKey(parent));
  if (isSequential(owner) || paths.some((path) => parentOf(path) !== parent || !document.records.has(`call/${path}/0`))) return false;
  const inside = new Set(paths);
  const sources = new Map(layerPaths(document, parent).map((path) => [path, callKeys(document, path).flatMap((key) => sourcesOf(document.records.get(key) ?? null, parent).map((source) => source.path))]));
  // From what feeds them from outside, upwards: none of them may come by.
  const front = paths.flatMap((path) => (sources.get(path) ?? []).filter((source) => !inside.has(source)));
  const seen = new Set(front);
  for (let path = front.pop(); path !== undefined; path = front.pop()) {
    for (const source of sources.get(path) ?? []) {
      if (inside.has(source)) return false;
      if (seen.has(source)) continue;
      seen.add(source);
      front.push(source);
    }
  }
  return true;
}

/** Whether a nested model's inside can come out: it is called once, and what goes in and comes out is a list or one. */
export function canUnnest(document: Document, path: string): boolean {
  const record = document.records.get(`layer/${path}`);
  if (!isObject(record) || callKeys(document, path).length !== 1 || isSequential(document.records.get(modelKey(parentOf(path))))) return false;
  if (isSequential(record)) return layerPaths(document, path).length > 0;
  const config = isObject(record.config) ? record.config : {};
  const ends = [config.input_layers ?? null, config.output_layers ?? null];
  return "input_layers" in config && ends.every((end) => !isObject(end) && endsList(end).every(isReference));
}

/** Takes the layers of a nested model out into the model around it. */
export function unnest(document: Document, path: string): Diff {
  if (!canUnnest(document, path)) return EMPTY_DIFF;
  const next = change(document);
  const parent = parentOf(path);
  const record = document.records.get(`layer/${path}`) as JsonObject;
  const given = tensorsOf(document.records.get(`call/${path}/0`) ?? null).map((use): Reference => [use.layer, use.nodeIndex, use.tensorIndex]);
  const inner = layerPaths(document, path);
  const isInput = (one: string): boolean => classOf(document, one) === "InputLayer";
  const outerNames = new Map<string, string>();
  const scratch: Document = { ...document, records: new Map(document.records) };
  scratch.records.delete(`layer/${path}`);
  for (const one of inner.filter((child) => !isInput(child))) {
    const name = freeName(scratch, parent, unescapeName(lastOf(one)));
    outerNames.set(one, name);
    scratch.records.set(`layer/${joinPath(parent, name)}`, null);
  }
  const inputs = endsList((record.config as JsonObject).input_layers ?? null).filter(isReference);
  const outward = ([name, node, tensor]: Reference): Reference | null => {
    const at = inputs.findIndex((ref) => ref[0] === name && ref[1] === node && ref[2] === tensor);
    if (at >= 0) return given[at] ?? null;
    const outer = outerNames.get(joinPath(path, name));
    return outer === undefined ? null : [outer, node, tensor];
  };
  for (const [key, value] of document.records) {
    if (movedKey(key, path, path) !== null) next.set(key, undefined);
    for (const [one, name] of outerNames) {
      const moved = movedKey(key, one, joinPath(parent, name));
      if (moved === null) continue;
      const isOwnCall = key.startsWith(`call/${one}/`) && parentOf(key.slice(5)) === one;
      next.set(moved, isOwnCall ? retold(value, outward) : key === `layer/${one}` ? renamed(value, name) : value);
    }
  }
  const outputs = isSequential(record) ? chained(next, document, inner.filter((one) => !isInput(one)), outerNames, parent, given[0] ?? null) : endsList((record.config as JsonObject).output_layers ?? null).filter(isReference).map(outward);
  redirect(next, parent, unescapeName(lastOf(path)), (ref) => (ref[1] === 0 ? (outputs[ref[2]] ?? null) : null));
  renameInOrder(next, parent, lastOf(path), null);
  forgetShapes(next, [...outerNames.values()].map((name) => joinPath(parent, name)));
  return next.diff();
}

/** Layers of a Sequential say no calls: each takes the one before. Gives what comes out of the last. */
function chained(next: Change, document: Document, inner: readonly string[], names: ReadonlyMap<string, string>, parent: string, given: Reference | null): (Reference | null)[] {
  let before = given;
  for (const one of inner) {
    const name = names.get(one) ?? "";
    if (callKeys(document, one).length === 0) next.set(`call/${joinPath(parent, name)}/0`, { args: before ? [kerasTensor(...before)] : [], kwargs: {} });
    before = [name, 0, 0];
  }
  return [before];
}

function retold(call: Json, to: (ref: Reference) => Reference | null): Json {
  return mapTensors(call, (tensor) => {
    const ref = historyOf(tensor);
    const target = ref && to(ref);
    if (!target) return tensor;
    return { ...tensor, config: { ...without(isObject(tensor.config) ? tensor.config : {}, "shape"), keras_history: target } };
  });
}

function renamed(entry: Json, name: string): Json {
  if (!isObject(entry)) return entry;
  return { ...entry, config: isObject(entry.config) ? { ...entry.config, name } : { name }, ...("name" in entry ? { name } : {}) };
}

function classOf(document: Document, path: string): Json {
  const record = document.records.get(`layer/${path}`);
  return isObject(record) ? (record.class_name ?? null) : null;
}

function sourceText({ path, nodeIndex, tensorIndex }: Source): string {
  return `${path} ${nodeIndex} ${tensorIndex}`;
}
