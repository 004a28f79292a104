import type { CatalogObject, CatalogObjects } from "../api";
import { isObject, type Json, type JsonObject } from "../json";

// Initializers, regularizers and constraints as a form edits them: a class, and what of its arguments is said.

export interface Chosen {
  readonly entry: CatalogObject;
  readonly config: JsonObject;
}

/** The objects that an argument takes, by its name's ending: `kernel_initializer`; null for other arguments. */
export function objectsFor(objects: CatalogObjects | null, parameter: string): readonly CatalogObject[] | null {
  return objects?.[parameter.slice(parameter.lastIndexOf("_") + 1)] ?? null;
}

/** What a value chooses; null for None, a user's class and what cannot be read. */
export function chosenOf(objects: readonly CatalogObject[], value: Json | undefined): Chosen | null {
  if (typeof value === "string") {
    const entry = objects.find((one) => [one.name, ...one.aliases].some((name) => plain(name) === plain(value)));
    return entry ? { entry, config: {} } : null;
  }
  if (!isObject(value) || typeof value.class_name !== "string" || !isOfKeras(value)) return null;
  const name = value.class_name;
  const entry = objects.find((one) => [one.name, ...one.aliases].some((own) => plain(own) === plain(name)));
  return entry ? { entry, config: isObject(value.config) ? value.config : {} } : null;
}

/** A serialized object of a class; it says only what must be said. `bare` writes it as files of Keras 1 and 2 do. */
export function objectOf(what: string, entry: CatalogObject, bare: boolean): JsonObject {
  const config = Object.fromEntries(entry.params.filter((param) => param.required).map((param) => [param.name, param.default]));
  return bare ? { class_name: entry.name, config } : { module: `keras.${what}s`, class_name: entry.name, config, registered_name: null };
}

/** The object with one argument said otherwise; undefined leaves it to Keras. A name becomes an object. */
export function withArgument(what: string, value: Json | undefined, chosen: Chosen, name: string, next: Json | undefined, bare: boolean): JsonObject {
  const base = isObject(value) ? value : objectOf(what, chosen.entry, bare);
  const before: JsonObject = isObject(base.config) ? base.config : {};
  const config = Object.fromEntries([...Object.entries(before).filter(([key]) => key !== name), ...(next === undefined ? [] : [[name, next] as const])]);
  return { ...base, config };
}

function isOfKeras({ module, registered_name: registered }: JsonObject): boolean {
  if (typeof registered === "string" && registered.includes(">")) return false;
  return typeof module !== "string" || /^(keras|tf_keras|tensorflow)\b/.test(module);
}

/** As Keras compares names: `glorot_uniform` and `GlorotUniform` are one, and `GlorotUniformV2` of Keras 2 too. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll("_", "").replace(/v2$/, "");
}
