import type { CatalogParameter } from "../api";
import { equal, isArray, isObject, type Json, type JsonObject } from "../json";
import { snakeCase } from "../intents/names";
import { t } from "../words/words";

// A parameter's JSON Schema → the control that edits it; what is typed → a value; a value → what is shown.

export type Control =
  | { readonly kind: "toggle" }
  | { readonly kind: "choice"; readonly options: readonly Json[] }
  | { readonly kind: "number"; readonly isInteger: boolean; readonly minimum: number | null; readonly canBeNone: boolean }
  | { readonly kind: "sizes"; readonly canBeOne: boolean; readonly canBeNone: boolean; readonly isInteger: boolean }
  | { readonly kind: "text"; readonly suggestions: readonly string[]; readonly canBeNone: boolean };

export type Parsed = { readonly value: Json } | { readonly problem: string };

export function controlOf(schema: JsonObject): Control {
  const parts = alternatives(schema);
  const types = new Set(parts.flatMap(typesOf));
  const canBeNone = types.delete("null");
  const options = parts.flatMap((part) => (isArray(part.enum) ? part.enum : part.const === undefined ? [] : [part.const]));
  // An object, such as a layer as activation, comes from a file; nobody types one.
  const isClosed = parts.every((part) => isArray(part.enum) || part.const !== undefined || typesOf(part).every((type) => type === "null" || type === "boolean" || type === "object"));
  if (types.size === 1 && types.has("boolean") && !canBeNone) return { kind: "toggle" };
  if (options.length > 0 && isClosed) {
    const booleans = types.has("boolean") ? [true, false] : [];
    return { kind: "choice", options: unique([...options, ...booleans, ...(canBeNone ? [null] : [])]) };
  }
  if (types.has("array") && [...types].every((type) => type === "array" || type === "integer" || type === "number")) {
    const items = parts.find((part) => isObject(part.items))?.items;
    const isNumeric = !isObject(items) || alternatives(items).flatMap(typesOf).every((type) => type === "integer" || type === "number" || type === "null");
    if (isNumeric) {
      const isInteger = !types.has("number") && !(isObject(items) && typesOf(items).includes("number"));
      return { kind: "sizes", canBeOne: types.size > 1, canBeNone, isInteger };
    }
  }
  if (types.size > 0 && [...types].every((type) => type === "integer" || type === "number")) {
    const minimum = parts.map((part) => part.minimum).find((value) => typeof value === "number");
    return { kind: "number", isInteger: !types.has("number"), minimum: typeof minimum === "number" ? minimum : null, canBeNone };
  }
  return { kind: "text", suggestions: options.filter((option) => typeof option === "string"), canBeNone: canBeNone || types.size === 0 };
}

/** As Python writes it: `None`, `True`, `(3, 3)`, `relu`, `GlorotUniform`. */
export function valueText(value: Json | undefined): string {
  if (value === undefined || value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (isArray(value)) return value.length === 1 ? `(${valueText(value[0])},)` : `(${value.map(valueText).join(", ")})`;
  return objectText(value);
}

/** What an open text field may hold: a literal as Python or JSON write it, else the text itself. */
export function parse(control: Control, text: string): Parsed {
  const trimmed = text.trim();
  const canBeNone = "canBeNone" in control && control.canBeNone;
  if (trimmed === "None" || trimmed === "null") return canBeNone ? { value: null } : { problem: t("field.no-none") };
  if (control.kind === "number") return parseNumber(control, trimmed);
  if (control.kind === "sizes") return parseSizes(control, trimmed);
  if (trimmed === "") return canBeNone ? { value: null } : { problem: t("field.needs-value") };
  return { value: literal(trimmed) };
}

/** Whether a file that says `value` says no more than Keras's default. */
export function isDefault(value: Json | undefined, standard: Json | undefined): boolean {
  return value === undefined || equal(plain(value), plain(standard ?? null));
}

/** A line about an argument: what the catalog says of it, else what it takes; empty where its control shows all of that. */
export function aboutOf({ doc, schema, default: standard, required }: Pick<CatalogParameter, "doc" | "schema" | "default" | "required">, isSet: boolean): string {
  const takes = doc !== "" ? doc : takesText(controlOf(schema), schema);
  const otherwise = isSet && !required ? t("about.default", { value: valueText(standard) }) : "";
  return [takes, otherwise].filter((part) => part !== "").join(" · ");
}

function takesText(control: Control, schema: JsonObject): string {
  if (control.kind === "toggle" || control.kind === "choice" || control.kind === "text") return "";
  if (control.kind === "number") {
    const what = t(control.isInteger ? "about.whole-number" : "about.number");
    const range = control.minimum === null ? what : t("about.at-least", { what, least: control.minimum });
    return control.canBeNone ? t("about.or-none", { what: range }) : range;
  }
  const count = alternatives(schema).find((part) => isArray(part.items) || isObject(part.items));
  const many = typeof count?.minItems === "number" && count.minItems === count.maxItems ? t("about.numbers-of", { n: count.minItems }) : t("about.numbers");
  return control.canBeOne ? t("about.one-or", { many }) : many;
}

/** The argument that a problem is about: the name after the last `config` of its pointer. */
export function argumentOf(pointer: string): string | null {
  const parts = pointer.split("/");
  const at = parts.lastIndexOf("config");
  const name = parts[at + 1];
  return at < 0 || name === undefined || name === "layers" ? null : name.replaceAll("~1", "/").replaceAll("~0", "~");
}

function parseNumber({ isInteger, minimum }: Control & { kind: "number" }, text: string): Parsed {
  const value = arithmetic(text);
  if (value === null) return { problem: t(isInteger ? "field.whole-number" : "field.number") };
  if (isInteger && !Number.isInteger(value)) return { problem: t("field.whole-number") };
  if (minimum !== null && value < minimum) return { problem: t("field.at-least", { least: minimum }) };
  return { value };
}

function parseSizes({ canBeOne, isInteger }: Control & { kind: "sizes" }, text: string): Parsed {
  const isList = /^[([]/.test(text) || text.includes(",") || text.includes(";");
  // Brackets inside brackets: padding by side, `((1, 1), (2, 2))`.
  if (/^[([]\s*[([]/.test(text)) {
    const nested = literal(text);
    return isArray(nested) ? { value: nested } : { problem: t("field.numbers-in-brackets") };
  }
  const items = text.replaceAll(/^[([]|[)\]]$/g, "").split(/[,;\s]+/).filter((item) => item !== "");
  const values = items.map((item) => (item === "None" || item === "null" ? null : arithmetic(item)));
  if (values.some((value, i) => value === null && !/^(None|null)$/.test(items[i] ?? ""))) return { problem: t(isInteger ? "field.whole-numbers" : "field.numbers") };
  if (isInteger && values.some((value) => value !== null && !Number.isInteger(value))) return { problem: t("field.whole-numbers") };
  if (values.length === 0) return isList ? { value: [] } : { problem: t("field.needs-value") };
  return { value: values.length === 1 && canBeOne && !isList ? (values[0] ?? null) : values };
}

/** Sums and products of numbers: `7*7*128`. */
function arithmetic(text: string): number | null {
  const number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
  const compact = text.replaceAll(/[\s_]/g, "");
  if (number.test(compact)) return Number(compact);
  if (!/^[\d.]+([*+][\d.]+)+$/.test(compact)) return null;
  const terms = compact.split("+").map((term) => term.split("*").map(Number).reduce((product, factor) => product * factor, 1));
  const sum = terms.reduce((total, term) => total + term, 0);
  return Number.isFinite(sum) ? sum : null;
}

function literal(text: string): Json {
  if (text === "True" || text === "true") return true;
  if (text === "False" || text === "false") return false;
  if (!/^[[({"'\d.+-]/.test(text)) return text;
  const json = text
    .replaceAll("(", "[")
    .replaceAll(")", "]")
    .replaceAll(/,\s*\]/g, "]")
    .replaceAll("'", '"')
    .replaceAll(/\bNone\b/g, "null")
    .replaceAll(/\bTrue\b/g, "true")
    .replaceAll(/\bFalse\b/g, "false");
  try {
    return JSON.parse(text) as Json;
  } catch {
    try {
      return JSON.parse(json) as Json;
    } catch {
      return text;
    }
  }
}

/** `GlorotUniform`, `L2(l2=0.01)`: what differs from nothing is shown, a dtype policy is its name. */
function objectText(value: JsonObject): string {
  const name = value.class_name;
  if (typeof name !== "string") return JSON.stringify(value);
  const config = isObject(value.config) ? value.config : {};
  if (/Policy$/.test(name) && typeof config.name === "string") return config.name;
  const said = Object.entries(config).filter(([key, item]) => item !== null && key !== "name" && !(isObject(item) && "class_name" in item));
  const shown = said.slice(0, 3).map(([key, item]) => `${key}=${valueText(item)}`);
  return shown.length === 0 ? name : `${name}(${shown.join(", ")})`;
}

/** One spelling for what Keras takes as the same: a class by its name, one size for equal sizes. */
function plain(value: Json): Json {
  if (isArray(value)) {
    const items = value.map(plain);
    return items.length > 0 && items.every((item) => typeof item === "number" && item === items[0]) ? (items[0] ?? null) : items;
  }
  if (isObject(value) && typeof value.class_name === "string") {
    const text = objectText(value);
    return text.includes("(") ? value : snakeCase(text);
  }
  return typeof value === "string" ? snakeCase(value) || value : value;
}

function alternatives(schema: JsonObject): readonly JsonObject[] {
  for (const key of ["anyOf", "oneOf"]) {
    const list = schema[key];
    if (isArray(list)) return list.filter(isObject).flatMap(alternatives);
  }
  return [schema];
}

function typesOf(schema: JsonObject): string[] {
  if (typeof schema.type === "string") return [schema.type];
  if (isArray(schema.type)) return schema.type.filter((type) => typeof type === "string");
  const values = isArray(schema.enum) ? schema.enum : schema.const === undefined ? [] : [schema.const];
  return [...new Set(values.map((value) => (value === null ? "null" : isArray(value) ? "array" : typeof value)))];
}

function unique(values: readonly Json[]): Json[] {
  return values.filter((value, i) => values.findIndex((other) => equal(other, value)) === i);
}
