import { expect, test } from "vitest";
import type { Diagnostic, Report, ReportNode } from "./api";
import { EMPTY_DIFF } from "./document";
import { changedLayers, changesOf, isSolved } from "./fixes";

const dense = (units: number) => ({ class_name: "Dense", config: { name: "d", units } });
const call = (layer: string, size: number) => ({ args: [{ class_name: "__keras_tensor__", config: { shape: [null, size], keras_history: [layer, 0, 0] } }], kwargs: {} });
const node = (layer: string, size: number | null): ReportNode => ({
  layer, class_name: "Dense", node_index: 0, inbound: [], inbound_args: [], outputs: [{ shape: size === null ? null : [null, size], dtype: "float32" }], params: { trainable: 0, non_trainable: 0 }, cost: null,
});
const problem = (layer: string, code = "GC404"): Diagnostic => ({
  code, slug: "", severity: "error", message: "", hint: null, pointer: "", line: null, column: null, member: null, layer, node_index: 0, related: [], fixes: [],
});
const report = (nodes: ReportNode[], diagnostics: Diagnostic[] = []): Report => ({
  ok: true, name: "m", dialect: "document", keras_version: null, inputs: [], outputs: [], input_names: [], output_names: [], params: { trainable: 0, non_trainable: 0, total: 0, known: 0 }, cost: { weights_bytes: 0, activation_bytes: 0, peak_activation_bytes: 0, multiply_adds: 0 }, nodes, more: 0, diagnostics,
});

test("an argument is told with what it was", () => {
  expect(changesOf({ ...EMPTY_DIFF, updated: { "layer/d": [dense(4), dense(8)] } })).toEqual([{ layer: "d", what: "units", from: "4", to: "8" }]);
});

test("a class, an argument that goes and a build_config that goes are told", () => {
  const from = { class_name: "Desne", config: { units: 4, extra: null }, build_config: {} };
  expect(changesOf({ ...EMPTY_DIFF, updated: { "layer/encoder/d": [from, { class_name: "Dense", config: { units: 4 } }] } })).toEqual([
    { layer: "encoder/d", what: "class", from: "Desne", to: "Dense" },
    { layer: "encoder/d", what: "extra", from: "null", to: null },
    { layer: "encoder/d", what: "build_config", from: "removed", to: null },
  ]);
});

test("layers come and go, wires and outputs are moved, and a wire of another shape alone is no change", () => {
  const ends = (name: string) => ({ config: { input_layers: [], output_layers: [[name, 0, 0]] } });
  const diff = {
    added: { "layer/new": dense(4), "call/new/0": call("x", 8) },
    removed: { "layer/old": dense(2) },
    updated: { "call/d/0": [call("x", 8), call("new", 4)], "call/e/0": [call("d", 1), call("d", 2)], model: [ends("a"), ends("b")] },
  } as const;
  expect(changesOf(diff)).toEqual([
    { layer: "old", what: "Dense", from: "removed", to: null },
    { layer: "new", what: "Dense", from: null, to: "new" },
    { layer: "d", what: "inputs", from: "x", to: "new" },
    { layer: "the model", what: "outputs", from: '[["a",0,0]]', to: '[["b",0,0]]' },
  ]);
});

test("layers that are new, known now or of another size are changed", () => {
  const before = report([node("a", 8), node("b", null), node("c", 4)]);
  expect([...changedLayers(before, report([node("a", 8), node("b", 4), node("c", 5), node("d", 1)]))]).toEqual(["b", "c", "d"]);
});

test("a problem is solved where its code is gone from its layer", () => {
  const after = report([], [problem("other"), problem("d", "GC305")]);
  expect([isSolved(problem("d"), after), isSolved(problem("other"), after)]).toEqual([true, false]);
});
