import type { Report, ReportNode } from "./api";
import { callKeys, joinPath, lastOf, layerPaths, parentOf, tensorsOf, unescapeName, type Document, type TensorUse } from "./document";
import { shapeText } from "./format";
import type { Source } from "./intents/wires";
import { factsOf } from "./outline";

// Who feeds whom, as the document says it: inputs of a layer's calls, what could feed them, who takes its outputs.

export interface Call {
  readonly nodeIndex: number;
  readonly uses: readonly TensorUse[];
}
export interface Choice extends Source {
  readonly key: string;
  readonly label: string;
}

export function callsOf(document: Document, path: string): Call[] {
  return callKeys(document, path).map((key, nodeIndex) => ({ nodeIndex, uses: tensorsOf(document.records.get(key) ?? null) }));
}

/** Paths of the layers that take an output of this one, in order, each once. */
export function consumersOf(document: Document, path: string): string[] {
  return [...(consumers(document, parentOf(path)).get(path) ?? [])];
}

/** Every output that could feed a layer: of layers beside it that do not come after it. */
export function choicesFor(document: Document, report: Report | null, path: string): Choice[] {
  const parent = parentOf(path);
  const after = downstream(document, path);
  const { calls } = factsOf(report);
  return layerPaths(document, parent)
    .filter((other) => !after.has(other))
    .flatMap((other) => outputsOf(document, other, calls.get(other) ?? []));
}

export function sourceKey({ path, nodeIndex, tensorIndex }: Source): string {
  return `${path} ${nodeIndex} ${tensorIndex}`;
}

function outputsOf(document: Document, path: string, nodes: readonly ReportNode[]): Choice[] {
  const name = unescapeName(lastOf(path));
  const count = Math.max(1, callKeys(document, path).length);
  return Array.from({ length: count }, (_, nodeIndex) => {
    const outputs = nodes.find((node) => node.node_index === nodeIndex)?.outputs ?? [];
    return Array.from({ length: Math.max(1, outputs.length) }, (__, tensorIndex) => {
      const ref = { path, nodeIndex, tensorIndex };
      const which = count > 1 || outputs.length > 1 ? `${name}[${nodeIndex}][${tensorIndex}]` : name;
      return { ...ref, key: sourceKey(ref), label: `${which}  ${shapeText(outputs[tensorIndex]?.shape ?? null)}` };
    });
  }).flat();
}

/** The layer itself and all that its outputs reach: feeding it from there would close a cycle. */
export function downstream(document: Document, path: string): Set<string> {
  const takers = consumers(document, parentOf(path));
  const seen = new Set([path]);
  const front = [path];
  for (let next = front.pop(); next !== undefined; next = front.pop()) {
    for (const taker of takers.get(next) ?? []) {
      if (seen.has(taker)) continue;
      seen.add(taker);
      front.push(taker);
    }
  }
  return seen;
}

/** All that feeds some layers of one model, without themselves. */
export function upstreamOf(document: Document, paths: readonly string[]): Set<string> {
  return reached(paths, (path) => callsOf(document, path).flatMap(({ uses }) => uses.map((use) => joinPath(parentOf(path), use.layer))).filter((source) => document.records.has(`layer/${source}`)));
}

/** All that follows from some layers of one model, without themselves. */
export function downstreamOf(document: Document, paths: readonly string[]): Set<string> {
  const takers = new Map([...new Set(paths.map(parentOf))].flatMap((parent) => [...consumers(document, parent)]));
  return reached(paths, (path) => takers.get(path) ?? []);
}

/** All that hangs together with some layers, by whatever way. */
export function connectedTo(document: Document, paths: readonly string[]): Set<string> {
  const near = new Map<string, string[]>();
  const join = (one: string, other: string): void => { near.set(one, [...(near.get(one) ?? []), other]); };
  for (const parent of new Set(paths.map(parentOf))) {
    for (const [source, takers] of consumers(document, parent)) {
      for (const taker of takers) {
        join(source, taker);
        join(taker, source);
      }
    }
  }
  return reached(paths, (path) => near.get(path) ?? []);
}

function reached(paths: readonly string[], next: (path: string) => Iterable<string>): Set<string> {
  const seen = new Set(paths);
  const front = [...paths];
  for (let path = front.pop(); path !== undefined; path = front.pop()) {
    for (const other of next(path)) {
      if (seen.has(other)) continue;
      seen.add(other);
      front.push(other);
    }
  }
  return new Set([...seen].filter((path) => !paths.includes(path)));
}

// Of each document as it is now: several parts of the page ask after each edit.
const known = new WeakMap<Document, { readonly version: number; readonly takers: Map<string, ReadonlyMap<string, ReadonlySet<string>>> }>();

function consumers(document: Document, parent: string): ReadonlyMap<string, ReadonlySet<string>> {
  let now = known.get(document);
  if (now?.version !== document.version) {
    now = { version: document.version, takers: new Map() };
    known.set(document, now);
  }
  const takers = now.takers.get(parent) ?? readConsumers(document, parent);
  now.takers.set(parent, takers);
  return takers;
}

function readConsumers(document: Document, parent: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const path of layerPaths(document, parent)) {
    for (const { uses } of callsOf(document, path)) {
      for (const use of uses) {
        const source = joinPath(parent, use.layer);
        const takers = found.get(source);
        if (takers) takers.add(path);
        else found.set(source, new Set([path]));
      }
    }
  }
  return found;
}
