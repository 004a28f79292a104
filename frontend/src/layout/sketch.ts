import { isArray, isObject, type Json, type JsonObject } from "../json";

/**
 * What a page can read of a model file by itself: enough to draw it before the service has answered.
 * It says nothing about shapes and judges nothing; where the report sees another graph, the report is right.
 */
export interface Sketch {
  /** Of each call of a layer, in the file's order. */
  readonly names: readonly string[];
  readonly classes: readonly string[];
  readonly nodeIndices: Int32Array;
  /** Pairs of call numbers, from and to. */
  readonly edges: Int32Array;
}

/** The sketch of a Keras config, a `to_json()` text or a document; null of anything else. */
export function sketchOf(file: Json): Sketch | null {
  const isDocument = isObject(file) && "layerwright" in file;
  // Boxes that somebody placed must not jump there when the document comes.
  if (isDocument && isObject(file.view) && isObject(file.view.positions) && Object.keys(file.view.positions).length > 0) return null;
  const model = isDocument ? file.model : file;
  const config = isObject(model) ? model.config : undefined;
  const layers = isObject(config) ? config.layers : config;
  if (!isObject(model) || !isArray(layers) || !layers.every(isObject)) return null;
  const names = layers.map(nameOf);
  if (names.some((name) => name === null) || new Set(names).size < names.length) return null;
  return isFunctional(layers) ? functional(layers, names as string[]) : chain(layers, names as string[]);
}

function functional(layers: readonly JsonObject[], layerNames: readonly string[]): Sketch {
  const calls = layers.map((layer) => (isArray(layer.inbound_nodes) && layer.inbound_nodes.length > 0 ? layer.inbound_nodes : [null]));
  // The numbers of each layer's calls are in a row.
  const first = new Map<string, readonly [from: number, count: number]>();
  let count = 0;
  layerNames.forEach((name, i) => {
    const own = calls[i]?.length ?? 1;
    first.set(name, [count, own]);
    count += own;
  });
  const [names, classes]: [string[], string[]] = [[], []];
  const nodeIndices = new Int32Array(count);
  const edges: number[] = [];
  layers.forEach((layer, i) => {
    calls[i]?.forEach((call, k) => {
      const to = names.length;
      nodeIndices[to] = k;
      names.push(layerNames[i] ?? "");
      classes.push(classOf(layer));
      for (const [source, nodeIndex] of tensorsIn(call, first)) {
        const [from, own] = first.get(source) ?? [0, 1];
        // Keras counts calls that this model does not have too: of a layer that is called once it can only be that one.
        if (own === 1 || nodeIndex < own) edges.push(from + (own === 1 ? 0 : nodeIndex), to);
      }
    });
  });
  return { names, classes, nodeIndices, edges: Int32Array.from(edges) };
}

function chain(layers: readonly JsonObject[], names: readonly string[]): Sketch {
  const edges = Int32Array.from({ length: 2 * Math.max(0, layers.length - 1) }, (_, i) => (i + 1) >> 1);
  return { names, classes: layers.map(classOf), nodeIndices: new Int32Array(layers.length), edges };
}

/** Layer and call of every tensor in a call's record: Keras 3 has them as objects, Keras 2 as `[layer, call, output]`. */
function* tensorsIn(value: Json, known: ReadonlyMap<string, unknown>): Generator<readonly [layer: string, nodeIndex: number]> {
  const waiting: Json[] = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const tensor = isObject(next) && next.class_name === "__keras_tensor__" ? next : null;
    const ref: Json | undefined = tensor && isObject(tensor.config) ? tensor.config.keras_history : next;
    if (isArray(ref) && typeof ref[0] === "string" && typeof ref[1] === "number" && typeof ref[2] === "number" && known.has(ref[0])) {
      yield [ref[0], ref[1]];
      if (!tensor && isObject(ref[3])) waiting.push(ref[3]);
    } else if (!tensor && isArray(next)) waiting.push(...next.toReversed());
    else if (!tensor && isObject(next)) waiting.push(...Object.values(next).reverse());
  }
}

function isFunctional(layers: readonly JsonObject[]): boolean {
  return layers.some((layer) => isArray(layer.inbound_nodes));
}

function classOf(layer: JsonObject): string {
  return typeof layer.class_name === "string" ? layer.class_name : "unknown";
}

function nameOf(layer: JsonObject): string | null {
  if (typeof layer.name === "string") return layer.name;
  return isObject(layer.config) && typeof layer.config.name === "string" ? layer.config.name : null;
}
