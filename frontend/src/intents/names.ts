import { joinPath, type Document } from "../document";

// How layers are called.

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
