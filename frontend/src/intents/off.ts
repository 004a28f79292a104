import { diffOf, historyOf, isEmpty, mapTensors, type Diff, type Document } from "../document";
import { isArray, isObject, type Json, type JsonObject } from "../json";
import { sequence } from "./change";
import { deleteLayers } from "./layers";

// Layers that are left out for now. They stay in the document, and the service never hears of them: what is checked,
// drawn, written and trained is the model without them, as if a hand had deleted them.
//
// `bypass`: who took the layer's output takes what the layer took first, call by call. `disable`: its wires go with it.

export type Off = "bypass" | "disable";
const OFF = "view/off/";

/** Leaves layers out, or takes them back in. */
export function setOff(document: Document, paths: readonly string[], how: Off | null): Diff {
  return diffOf(document, new Map(paths.filter((path) => document.records.has(`layer/${path}`)).map((path) => [OFF + path, how ?? undefined])));
}

export function offOf(document: Document, path: string): Off | null {
  const said = document.records.get(OFF + path);
  return said === "bypass" || said === "disable" ? said : null;
}

/** The layers that are left out, each with how. */
export function offLayers(document: Document): ReadonlyMap<string, Off> {
  const found = new Map<string, Off>();
  for (const key of document.records.keys()) {
    if (!key.startsWith(OFF)) continue;
    const [path, how] = [key.slice(OFF.length), offOf(document, key.slice(OFF.length))];
    if (how !== null && document.records.has(`layer/${path}`)) found.set(path, how);
  }
  return found;
}

/** The document that the service works on: without what is left out. The same one where nothing is. */
export function effective(document: Document): Document {
  const off = [...offLayers(document)];
  if (off.length === 0) return document;
  const named = (how: Off): string[] => off.filter(([, said]) => said === how).map(([path]) => path);
  const shown: Document = { records: new Map(document.records), version: document.version, order: document.order };
  const without = sequence(shown, [
    (open) => deleteLayers(open, named("bypass"), "keep"),
    (open) => deleteLayers(open, named("disable"), "cut"),
    (open) => diffOf(open, new Map([...open.records.keys()].filter((key) => key.startsWith(OFF)).map((key) => [key, undefined]))),
  ]);
  for (const key of Object.keys(without.removed)) shown.records.delete(key);
  for (const [key, [, to]] of Object.entries(without.updated)) shown.records.set(key, to);
  return shown;
}

/** A change of the effective document as one of the whole: where it left a wire past a layer as it was, that layer keeps it. */
export function restored(document: Document, diff: Diff): Diff {
  const shown = effective(document);
  if (shown === document || isEmpty(diff)) return diff;
  const wanted = new Map<string, Json | undefined>();
  for (const [key, value] of Object.entries(diff.added)) wanted.set(key, value);
  for (const key of Object.keys(diff.removed)) wanted.set(key, undefined);
  for (const [key, [from, to]] of Object.entries(diff.updated)) {
    const whole = document.records.get(key);
    wanted.set(key, whole === undefined || shown.records.get(key) === whole ? to : key.startsWith("call/") ? withTensors(whole, from, to) : withEnds(whole, from, to));
  }
  return diffOf(document, wanted);
}

function withTensors(whole: Json, from: Json, to: Json): Json {
  const [own, before] = [tensorsByPlace(whole), tensorsByPlace(from)];
  return mapTensors(to, (tensor, at) => {
    const [mine, old] = [own.get(at), before.get(at)];
    return mine && old && String(historyOf(old)) === String(historyOf(tensor)) ? mine : tensor;
  });
}

function tensorsByPlace(call: Json): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  mapTensors(call, (tensor, at) => {
    found.set(at, tensor);
    return tensor;
  });
  return found;
}

function withEnds(whole: Json, from: Json, to: Json): Json {
  if (!isObject(whole) || !isObject(from) || !isObject(to) || !isObject(whole.config) || !isObject(from.config) || !isObject(to.config)) return to;
  const [own, before, after] = [whole.config, from.config, to.config];
  const ends = ["input_layers", "output_layers"].filter((end) => end in own).map((end) => [end, kept(own[end] ?? null, before[end] ?? null, after[end] ?? null)] as const);
  return { ...to, config: { ...after, ...Object.fromEntries(ends) } };
}

function kept(whole: Json, from: Json, to: Json): Json {
  if (JSON.stringify(from) === JSON.stringify(to)) return whole;
  if (!isArray(whole) || !isArray(from) || !isArray(to) || whole.length !== from.length) return to;
  return to.map((end, i) => (JSON.stringify(end) === JSON.stringify(from[i]) ? (whole[i] ?? end) : end));
}
