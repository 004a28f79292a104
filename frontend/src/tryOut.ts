import * as api from "./api";
import type { CatalogEntry, Report, TensorSpec } from "./api";
import { isSource, neededInputs, takesList } from "./catalog";
import { kerasTensor } from "./document";
import { shapeText } from "./format";
import type { Json, JsonObject } from "./json";

// What each layer of the palette would give on some tensors: all of them side by side on one small model, asked at once.

export type Trial = { readonly shape: string } | { readonly reason: string };

/** The model that tries layers out: its inputs are the tensors, each layer stands alone behind them. */
export function trialModel(entries: readonly CatalogEntry[], specs: readonly TensorSpec[], configOf: (entry: CatalogEntry) => JsonObject, moduleOf: (entry: CatalogEntry) => string): JsonObject {
  const inputs = specs.map((spec, i): JsonObject => ({ module: "keras.layers", class_name: "InputLayer", config: { name: inputName(i), batch_shape: spec.shape, dtype: spec.dtype ?? "float32" }, registered_name: null, name: inputName(i), inbound_nodes: [] }));
  const tensors = specs.map((_, i): Json => kerasTensor(inputName(i), 0, 0));
  const [first = null] = tensors;
  const layers = entries.filter((entry) => !isSource(entry)).map((entry): JsonObject => {
    const args: Json[] = takesList(entry) ? [tensors.length > 1 ? tensors : [first, first]] : Array.from({ length: Math.max(1, neededInputs(entry).length) }, () => first);
    return { module: moduleOf(entry), class_name: entry.name, config: { ...configOf(entry), name: entry.op }, registered_name: null, name: entry.op, inbound_nodes: [{ args, kwargs: {} }] };
  });
  const refs = (names: readonly string[]): Json => names.map((name) => [name, 0, 0]);
  const config = { name: "trial", trainable: true, layers: [...inputs, ...layers], input_layers: refs(specs.map((_, i) => inputName(i))), output_layers: refs(entries.filter((entry) => !isSource(entry)).map((entry) => entry.op)) };
  return { layerwright: 1, model: { module: "keras", class_name: "Functional", config, registered_name: null }, view: {}, plan: {} };
}

/** What became of each layer, by the entry's `op`. */
export function trialsOf(report: Report): ReadonlyMap<string, Trial> {
  const trials = new Map<string, Trial>();
  for (const node of report.nodes) if (node.outputs.length > 0 && node.outputs.every((output) => output.shape !== null)) trials.set(node.layer, { shape: node.outputs.map((output) => shapeText(output.shape)).join(", ") });
  for (const problem of report.diagnostics) {
    // The layer has no name yet that a sentence could speak of.
    if (problem.severity === "error" && problem.layer !== null) trials.set(problem.layer, { reason: problem.message.replace(` "${problem.layer}"`, "").replace(` “${problem.layer}”`, " ") });
  }
  return trials;
}

export async function tryOut(...given: Parameters<typeof trialModel>): Promise<ReadonlyMap<string, Trial>> {
  const { report } = await api.check(trialModel(...given));
  return trialsOf(report);
}

function inputName(i: number): string {
  return `given ${i}`;
}
