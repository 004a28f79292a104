import { holdsLayers, isSequential, joinPath, lastOf, modelKey, parentOf, unescapeName, type Diff, type Document } from "../document";
import { isObject, type Json } from "../json";
import { change, endsList, isReference } from "./change";
import type { Source } from "./wires";

// A model's inputs and outputs.

export function setModelInputs(document: Document, refs: readonly Source[], parent = ""): Diff {
  return setModelEnds(document, "input_layers", refs, parent);
}

export function setModelOutputs(document: Document, refs: readonly Source[], parent = ""): Diff {
  return setModelEnds(document, "output_layers", refs, parent);
}

/** The outputs of a model where they are one or a list; null where they are named or nested. */
export function modelOutputs(document: Document, parent = ""): readonly Source[] | null {
  const owner = document.records.get(modelKey(parent));
  const ends = isObject(owner) && isObject(owner.config) ? (owner.config.output_layers ?? null) : null;
  const list = ends === null || isObject(ends) ? null : endsList(ends);
  if (!list?.every(isReference)) return null;
  return list.map(([layerName, nodeIndex, tensorIndex]) => ({ path: joinPath(parent, layerName), nodeIndex, tensorIndex }));
}

function setModelEnds(document: Document, end: string, refs: readonly Source[], parent: string): Diff {
  const next = change(document);
  const model = next.get(modelKey(parent));
  if (!isObject(model) || !isObject(model.config) || !holdsLayers(model) || isSequential(model)) return next.diff();
  const ends = refs.filter((ref) => parentOf(ref.path) === parent).map((ref) => [unescapeName(lastOf(ref.path)), ref.nodeIndex, ref.tensorIndex]);
  // One that stood by itself, without a list around it, stays so.
  const before = model.config[end] ?? null;
  const [only] = ends;
  const isAlone = ends.length === 1 && only !== undefined && (isReference(before) || endsList(before).length === 0);
  next.set(modelKey(parent), { ...model, config: { ...model.config, [end]: isAlone ? only : ends } });
  return next.diff();
}

/** A model's inputs or outputs as a hand can order and name them: all of them named, or none. */
export interface End extends Source {
  readonly name: string | null;
}

/** The ends in order; null where they are nested deeper than a list or a dict. */
export function endsOf(document: Document, side: Side, parent = ""): readonly End[] | null {
  const owner = document.records.get(modelKey(parent));
  const ends = isObject(owner) && isObject(owner.config) ? (owner.config[side] ?? null) : null;
  const named = isObject(ends) ? Object.entries(ends) : endsList(ends).map((end) => [null, end] as const);
  const found = named.flatMap(([name, end]) => (isReference(end) ? [{ name, path: joinPath(parent, end[0]), nodeIndex: end[1], tensorIndex: end[2] }] : []));
  return found.length === named.length ? found : null;
}

export type Side = "input_layers" | "output_layers";

/** Sets a model's inputs or outputs, in this order. Where one has a name all get one, their layer's: Keras takes a dict or a list. */
export function setEnds(document: Document, side: Side, ends: readonly End[], parent = ""): Diff {
  if (ends.every((end) => end.name === null)) return setModelEnds(document, side, ends, parent);
  const next = change(document);
  const model = next.get(modelKey(parent));
  if (!isObject(model) || !isObject(model.config) || isSequential(model)) return next.diff();
  const taken = new Set<string>();
  const entries = ends.map(({ name, path, nodeIndex, tensorIndex }): [string, Json] => {
    const layerName = unescapeName(lastOf(path));
    let own = name ?? layerName;
    for (let n = 1; taken.has(own); n += 1) own = `${name ?? layerName}_${n}`;
    taken.add(own);
    return [own, [layerName, nodeIndex, tensorIndex]];
  });
  next.set(modelKey(parent), { ...model, config: { ...model.config, [side]: Object.fromEntries(entries) } });
  return next.diff();
}
