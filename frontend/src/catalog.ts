import type { CatalogEntry } from "./api";
import { isObject, type Json, type JsonObject } from "./json";

const indexes = new WeakMap<readonly CatalogEntry[], Map<string, CatalogEntry[]>>();

/** The entry of a layer's record: operations share names with layers, so its module decides between them. */
export function entryOf(catalog: readonly CatalogEntry[] | null, record: Json | undefined): CatalogEntry | null {
  if (!catalog || !isObject(record) || typeof record.class_name !== "string" || isCustom(record)) return null;
  let index = indexes.get(catalog);
  if (!index) {
    index = new Map();
    for (const entry of catalog) {
      for (const name of new Set([entry.name, ...entry.aliases])) index.set(name, [...(index.get(name) ?? []), entry]);
    }
    indexes.set(catalog, index);
  }
  const found = index.get(record.class_name) ?? [];
  const isOperation = typeof record.module === "string" && /\bops\b/.test(record.module);
  return found.find((entry) => isOperationEntry(entry) === isOperation) ?? found[0] ?? null;
}

/** Whether a class is a user's, by how Keras registers and writes those; some are named like one of Keras. */
export function isCustom({ class_name: cls, module, registered_name: registered }: JsonObject): boolean {
  const home = typeof module === "string" ? module : null;
  if (typeof registered === "string" && (registered.includes(">") || home === null)) {
    return !registered.startsWith("Keras>") && !home?.includes(".src.applications.");
  }
  if (home === null) return typeof cls === "string" && cls.includes(">");
  return !["keras", "tf_keras", "tensorflow"].includes(home.split(".")[0] ?? "");
}

export function isOperationEntry(entry: CatalogEntry): boolean {
  return !entry.op.startsWith("layers.");
}

/** Whether a layer takes a list of tensors as its first argument. */
export function takesList(entry: CatalogEntry | null): boolean {
  return entry?.inputs.form === "many";
}

export function isSource(entry: CatalogEntry | null): boolean {
  return entry?.inputs.form === "source";
}

/** How many inputs and of which rank a layer takes, in the few signs that a palette row has room for. */
export function inputHint({ inputs: { form, min, min_rank: low, max_rank: high } }: CatalogEntry): string {
  if (form === "source") return "";
  if (form === "many") return `${min}+ in`;
  if (low === high) return `${low}-D`;
  return low > 1 ? `≥${low}-D` : "any";
}

/** The tensors that a call must have, by name: `query` and `value` of an attention. */
export function neededInputs(entry: CatalogEntry | null): readonly string[] {
  return (entry?.inputs.names ?? []).filter((name) => !name.endsWith("?"));
}
