import { diffOf, fromJson, type Diff, type Document } from "../document";
import type { JsonObject } from "../json";

/** Makes the document's model that of a text; what the user said beside it stays. */
export function writeModel(document: Document, model: JsonObject): Diff {
  const isOfModel = (key: string): boolean => key === "model" || key.startsWith("layer/") || key.startsWith("call/");
  const { records } = fromJson({ layerwright: 1, model });
  const keys = new Set([...document.records.keys(), ...records.keys()].filter(isOfModel));
  return diffOf(document, new Map([...keys].map((key) => [key, records.get(key)])));
}
