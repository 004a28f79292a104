import { apply, kerasTensor, lastOf, mapTensors, parentOf, squash, unescapeName, type Diff, type Document } from "../document";
import { isArray, isObject, type Json, type JsonObject } from "../json";
import { change, forgetShapes, layer, withoutDropped } from "./change";

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
  const key = `call/${path}/${nodeIndex}`;
  const items = list === undefined || list === null ? [] : [list];
  const widened = change(document);
  widened.set(key, { ...(isObject(call) ? call : { kwargs: {} }), args: [items, ...args.slice(1)] });
  const base: Document = { ...document, records: new Map(document.records) };
  apply(base, widened.diff());
  return squash(widened.diff(), chooseInput(base, path, nodeIndex, `args/0/${items.length}`, source));
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
