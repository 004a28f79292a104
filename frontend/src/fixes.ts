import type { Diagnostic, Fix, Report } from "./api";
import { parentOf, pathOfKey, type Diff } from "./document";
import { pathText } from "./format";
import { equal, isObject, type Json } from "./json";
import { t } from "./words/words";

// What a fix would do, in words: read from its diff and from the report of the document with it.

/** A fix that is looked at before it is made. `report` is that of the document with it, once it is there. */
export interface Preview {
  readonly problem: Diagnostic;
  readonly fix: Fix;
  readonly report: Report | null;
}
/** One line of what changes: a layer, and what becomes of an argument of it. */
export interface FixChange {
  readonly layer: string;
  readonly what: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** What a diff does, a line an argument; wires that only carry another shape are left out. */
export function changesOf(diff: Diff): FixChange[] {
  const changes: FixChange[] = [];
  for (const [key, record] of Object.entries(diff.removed)) {
    if (key.startsWith("layer/")) changes.push({ layer: pathText(key.slice(6)), what: classOf(record), from: t("fix.removed"), to: null });
  }
  for (const [key, record] of Object.entries(diff.added)) {
    if (key.startsWith("layer/")) changes.push({ layer: pathText(key.slice(6)), what: classOf(record), from: null, to: t("fix.new") });
  }
  for (const [key, [from, to]] of Object.entries(diff.updated)) {
    if (key === "model") changes.push(...endsOf(from, to));
    else if (key.startsWith("layer/")) changes.push(...argumentsOf(pathText(key.slice(6)), from, to));
    else if (key.startsWith("call/") && wires(from) !== wires(to)) {
      changes.push({ layer: pathText(parentOf(key.slice(5))), what: t("fix.inputs"), from: wires(from), to: wires(to) });
    }
  }
  return changes;
}

/** Whether a problem is gone in a report. */
export function isSolved(problem: Diagnostic, report: Report): boolean {
  const key = keyOf(problem);
  return !report.diagnostics.some((other) => keyOf(other) === key);
}

/** The path of each layer whose shape, class or count is another in the second report, new ones included. */
export function changedLayers(before: Report, after: Report): ReadonlySet<string> {
  const known = new Map(before.nodes.map((node) => [`${node.node_index} ${node.layer}`, node]));
  const changed = after.nodes.filter((node) => {
    const old = known.get(`${node.node_index} ${node.layer}`);
    return !old || old.class_name !== node.class_name || JSON.stringify([old.outputs, old.params]) !== JSON.stringify([node.outputs, node.params]);
  });
  return new Set(changed.map((node) => pathOfKey("", node.layer)));
}

function keyOf({ code, path, layer, arg }: Diagnostic): string {
  return JSON.stringify([code, path ?? [], layer, arg ?? null]);
}

function argumentsOf(layer: string, from: Json, to: Json): FixChange[] {
  if (!isObject(from) || !isObject(to)) return [];
  const [was, now] = [isObject(from.config) ? from.config : {}, isObject(to.config) ? to.config : {}];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(now)])].filter((key) => !equal(was[key] ?? null, now[key] ?? null) || key in was !== key in now);
  const changes = keys.map((key) => ({ layer, what: key, from: key in was ? valueText(was[key] ?? null) : null, to: key in now ? valueText(now[key] ?? null) : null }));
  if (from.class_name !== to.class_name) changes.unshift({ layer, what: t("fix.class"), from: classOf(from), to: classOf(to) });
  if ("build_config" in from && !("build_config" in to)) changes.push({ layer, what: "build_config", from: t("fix.removed"), to: null });
  return changes;
}

function endsOf(from: Json, to: Json): FixChange[] {
  const ends = (record: Json, side: string): string => valueText(isObject(record) && isObject(record.config) ? (record.config[side] ?? null) : null);
  const sides = [["input_layers", t("fix.inputs")], ["output_layers", t("fix.outputs")]] as const;
  return sides.filter(([key]) => ends(from, key) !== ends(to, key)).map(([key, what]) => ({ layer: t("fix.the-model"), what, from: ends(from, key), to: ends(to, key) }));
}

/** The layers that a call takes from. */
function wires(call: Json): string {
  const found: string[] = [];
  const look = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (isObject(value)) {
      if (Array.isArray(value.keras_history)) found.push(String(value.keras_history[0]));
      else Object.values(value).forEach((inner) => { look(inner ?? null); });
    }
  };
  look(call);
  return found.join(", ");
}

function classOf(record: Json): string {
  return isObject(record) && typeof record.class_name === "string" ? record.class_name : t("fix.a-layer");
}

function valueText(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
