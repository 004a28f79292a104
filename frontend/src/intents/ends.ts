import { holdsLayers, isSequential, joinPath, lastOf, modelKey, parentOf, unescapeName, type Diff, type Document } from "../document";
import { isObject } from "../json";
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
  next.set(modelKey(parent), { ...model, config: { ...model.config, [end]: ends } });
  return next.diff();
}
