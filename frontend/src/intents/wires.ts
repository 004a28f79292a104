import { EMPTY_DIFF, callKeys, diffOf, historyOf, joinPath, kerasTensor, lastOf, mapTensors, parentOf, unescapeName, type Diff, type Document } from "../document";
import { isArray, isObject, type Json, type JsonObject } from "../json";
import { change, forgetShapes, layer, redirect, sequence, withoutDropped } from "./change";
import { modelOutputs, setModelOutputs } from "./ends";

// Tensors into calls.

/** A call's output: the layer's path, its 0-based call, the output's number. */
export interface Source {
  readonly path: string;
  readonly nodeIndex: number;
  readonly tensorIndex: number;
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
  const items = list === undefined || list === null ? [] : [list];
  const widened: Json = { ...(isObject(call) ? call : { kwargs: {} }), args: [items, ...args.slice(1)] };
  return sequence(document, [
    (open) => diffOf(open, new Map([[`call/${path}/${nodeIndex}`, widened]])),
    (open) => chooseInput(open, path, nodeIndex, `args/0/${items.length}`, source),
  ]);
}

/** Whether nothing goes into a layer and nobody takes what it gives: such a one can be put on a wire. */
export function isLoose(document: Document, path: string): boolean {
  const [key, ...more] = callKeys(document, path);
  const parent = parentOf(path);
  if (more.length > 0 || (key !== undefined && sourcesOf(document.records.get(key) ?? null, parent).length > 0)) return false;
  for (const [other, call] of document.records) {
    if (!other.startsWith("call/") || parentOf(parentOf(other.slice(5))) !== parent) continue;
    if (sourcesOf(call, parent).some((source) => source.path === path)) return false;
  }
  return true;
}

/** Puts a loose layer on a wire: it takes what went through there, and that place takes what it gives. */
export function splice(document: Document, path: string, from: Source, to: Use, takes: "list" | "one"): Diff {
  if (path === from.path || path === to.path || parentOf(path) !== parentOf(from.path) || !isLoose(document, path)) return EMPTY_DIFF;
  const tensor = kerasTensor(unescapeName(lastOf(from.path)), from.nodeIndex, from.tensorIndex);
  return sequence(document, [
    (open) => diffOf(open, new Map([[`call/${path}/0`, { args: takes === "list" ? [[tensor]] : [tensor], kwargs: {} }]])),
    (open) => chooseInput(open, to.path, to.nodeIndex, to.arg, { path, nodeIndex: 0, tensorIndex: 0 }),
    (open) => { const next = change(open); forgetShapes(next, [path]); return next.diff(); },
  ]);
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

/**
 * Connects as a hand draws. A tensor that was an output of the model is none any more where it leads to another; where what
 * now follows from it ends in one place that is no output yet, that takes its place.
 */
export function drawWire(document: Document, source: Source, path: string, nodeIndex: number, takes: "list" | "one"): Diff {
  return sequence(document, [
    (open) => connect(open, source, path, nodeIndex, takes),
    (open) => {
      const parent = parentOf(path);
      const outputs = modelOutputs(open, parent) ?? [];
      const rest = outputs.filter((one) => one.path !== source.path || one.nodeIndex !== source.nodeIndex || one.tensorIndex !== source.tensorIndex);
      if (rest.length === outputs.length) return EMPTY_DIFF;
      const [end, ...more] = endsAfter(open, path, nodeIndex);
      const isNew = end && more.length === 0 && !outputs.some((one) => one.path === end.path && one.nodeIndex === end.nodeIndex);
      if (isNew) return setModelOutputs(open, outputs.map((one) => (rest.includes(one) ? one : end)), parent);
      return rest.length === 0 ? EMPTY_DIFF : setModelOutputs(open, rest, parent);
    },
  ]);
}

/** The calls that follow from one, itself among them, whose outputs nobody takes. */
function endsAfter(document: Document, path: string, nodeIndex: number): Source[] {
  const parent = parentOf(path);
  const takers = new Map<string, Source[]>();
  for (const [key, call] of document.records) {
    if (!key.startsWith("call/") || parentOf(parentOf(key.slice(5))) !== parent) continue;
    const taker = { path: parentOf(key.slice(5)), nodeIndex: Number(lastOf(key)), tensorIndex: 0 };
    for (const { path: from, nodeIndex: callIndex } of sourcesOf(call, parent)) takers.set(`${from} ${callIndex}`, [...(takers.get(`${from} ${callIndex}`) ?? []), taker]);
  }
  const seen = new Map<string, Source>([[`${path} ${nodeIndex}`, { path, nodeIndex, tensorIndex: 0 }]]);
  for (const [key] of seen) for (const taker of takers.get(key) ?? []) seen.set(`${taker.path} ${taker.nodeIndex}`, taker);
  return [...seen].filter(([key]) => (takers.get(key) ?? []).length === 0).map(([, call]) => call);
}

/** Calls a layer once more, on `source`: the same weights for another tensor. */
export function callAgain(document: Document, path: string, source: Source, takes: "list" | "one" = "one"): Diff {
  return connect(document, source, path, callKeys(document, path).length, takes);
}

/** Takes one call of a shared layer away; who took its output takes nothing, and later calls move up. */
export function removeCall(document: Document, path: string, nodeIndex: number): Diff {
  const next = change(document);
  const keys = callKeys(document, path);
  if (keys[nodeIndex] === undefined) return next.diff();
  keys.slice(nodeIndex).forEach((key, i) => { next.set(key, next.get(keys[nodeIndex + i + 1] ?? "")); });
  const later = ([name, node, tensor]: readonly [string, number, number]): readonly [string, number, number] => [name, node - 1, tensor];
  redirect(next, parentOf(path), unescapeName(lastOf(path)), (ref) => (ref[1] < nodeIndex ? ref : ref[1] === nodeIndex ? null : later(ref)));
  return next.diff();
}

/** Lets two inputs of a call change places. */
export function swapInputs(document: Document, path: string, nodeIndex: number, one: string, other: string): Diff {
  const next = change(document);
  const key = `call/${path}/${nodeIndex}`;
  const call = next.get(key);
  const at = (arg: string): Json | undefined => {
    let found: Json | undefined;
    mapTensors(call ?? null, (tensor, where) => {
      if (where === arg) found = tensor;
      return tensor;
    });
    return found;
  };
  const [first, second] = [at(one), at(other)];
  if (call === undefined || first === undefined || second === undefined) return next.diff();
  next.set(key, mapTensors(call, (tensor, where) => (where === one ? second : where === other ? first : tensor)));
  forgetShapes(next, [path]);
  return next.diff();
}

/** Who takes a tensor: the calls and places where it goes in. */
export interface Use {
  readonly path: string;
  readonly nodeIndex: number;
  readonly arg: string;
}

/** The tensors that come into a call, as sources. */
export function sourcesOf(call: Json, parent: string): Source[] {
  const found: Source[] = [];
  mapTensors(call, (tensor) => {
    const ref = historyOf(tensor);
    if (ref) found.push({ path: joinPath(parent, ref[0]), nodeIndex: ref[1], tensorIndex: ref[2] });
    return tensor;
  });
  return found;
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
