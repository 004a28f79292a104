import { expect, test } from "vitest";
import type { Diagnostic, Report, ReportNode } from "./api";
import { fromJson } from "./document";
import type { JsonObject } from "./json";
import { factsOf, pathOf, problemGroups, rowsOf, worst } from "./outline";
import { summaryOf } from "./panels/summaryTable";

const layer = (name: string, class_name: string, config: JsonObject = {}): JsonObject => ({ class_name, name, config: { name, ...config }, inbound_nodes: [] });
const DOCUMENT = fromJson({
  layerwright: 1,
  model: {
    class_name: "Functional",
    config: {
      name: "m",
      layers: [layer("in", "InputLayer"), layer("encoder", "Sequential", { layers: [layer("dense1", "Dense"), layer("a/b", "ReLU")] }), layer("out", "Dense")],
      input_layers: [["in", 0, 0]],
      output_layers: [["out", 0, 0]],
    },
  },
});
const node = (name: string, class_name: string, more: Partial<ReportNode> = {}): ReportNode => ({
  layer: name, class_name, node_index: 0, inbound: [], inbound_args: [], outputs: [{ shape: [null, 8], dtype: "float32" }], params: { trainable: 8, non_trainable: 0 }, cost: null, ...more,
});
const problem = (layerName: string | null, severity: Diagnostic["severity"], path: readonly string[] = []): Diagnostic => ({
  code: "GC404", slug: "x", severity, message: "m", hint: null, pointer: "", line: null, column: null, member: null, layer: layerName, node_index: null, path, related: [], fixes: [],
});
const REPORT: Report = {
  ok: false, name: "m", dialect: "keras3", keras_version: null, inputs: [["in", 0, 0]], outputs: [["out", 0, 0]], input_names: ["in"], output_names: ["out"],
  params: { trainable: 24, non_trainable: 0, total: 24, known: 24 }, cost: { weights_bytes: 0, activation_bytes: 0, peak_activation_bytes: 0, multiply_adds: 0 }, more: 0,
  nodes: [
    node("in", "InputLayer"),
    node("encoder", "Sequential", { inbound: [["in", 0, 0]], body: { name: "encoder", inputs: [], outputs: [], nodes: [node("dense1", "Dense"), node("a/b", "ReLU")] } }),
    node("out", "Dense", { inbound: [["encoder", 0, 0]] }),
    node("out", "Dense", { node_index: 1, inbound: [["out", 0, 0]], outputs: [{ shape: null, dtype: null }] }),
  ],
  diagnostics: [problem("dense1", "warning", ["encoder"]), problem("dense1", "error", ["encoder"]), problem(null, "error")],
};

test("nested layers are rows below their model, under escaped paths and plain names", () => {
  expect(rowsOf(DOCUMENT, new Set(), "").map(({ path, name, depth }) => [path, name, depth])).toEqual([
    ["in", "in", 0], ["encoder", "encoder", 0], ["encoder/dense1", "dense1", 1], ["encoder/a~1b", "a/b", 1], ["out", "out", 0],
  ]);
});

test("a layer that was added stands before what it feeds; a cycle keeps the file's order", () => {
  const tensor = (name: string): JsonObject => ({ class_name: "__keras_tensor__", config: { keras_history: [name, 0, 0] } });
  const fed = (name: string, ...from: string[]): JsonObject => ({ ...layer(name, "Dense"), inbound_nodes: [{ args: from.map(tensor), kwargs: {} }] });
  const names = (...layers: JsonObject[]): string[] => rowsOf(fromJson({ layerwright: 1, model: { class_name: "Functional", config: { name: "m", layers, input_layers: [], output_layers: [] } } }), new Set(), "").map((row) => row.name);
  expect(names(fed("in"), fed("a", "in"), fed("b", "new"), fed("c", "b", "a"), fed("new", "a"))).toEqual(["in", "a", "new", "b", "c"]);
  expect(names(fed("a", "b"), fed("b", "a", "b"), fed("c", "gone"))).toEqual(["b", "a", "c"]);
});

test("a layer without a name is a row like others", () => {
  const nameless = fromJson({ layerwright: 1, model: { class_name: "Functional", config: { name: "m", layers: [layer("", "Dense"), layer("", "ReLU")], input_layers: [], output_layers: [] } } });
  expect(rowsOf(nameless, new Set(), "").map(({ path, name, depth }) => [path, name, depth])).toEqual([["~", "", 0], ["~~2", "", 0]]);
});

test("a closed model hides its layers, a search opens it again", () => {
  expect(rowsOf(DOCUMENT, new Set(["encoder"]), "").map((row) => row.path)).toEqual(["in", "encoder", "out"]);
  expect(rowsOf(DOCUMENT, new Set(["encoder"]), "RELU").map((row) => row.path)).toEqual(["encoder", "encoder/a~1b"]);
});

test("calls and problems are found by path, in nested models too", () => {
  const { calls, problems } = factsOf(REPORT);
  expect([...calls.keys()]).toEqual(["in", "encoder", "out", "encoder/dense1", "encoder/a~1b"]);
  expect(calls.get("out")).toHaveLength(2);
  expect(worst(problems.get("encoder/dense1"))).toBe("error");
  expect(REPORT.diagnostics.map(pathOf)).toEqual(["encoder/dense1", "encoder/dense1", null]);
  // The report's key of a second layer of one name is the record's key.
  expect(pathOf({ layer: "twice~2", path: ["a/b"] })).toBe("a~1b/twice~2");
});

test("the summary has a row a layer, with all calls of a shared one", () => {
  expect(summaryOf(REPORT).map(({ path, shape, connected }) => [path, shape, connected])).toEqual([
    ["in", "(None, 8)", "-"],
    ["encoder", "(None, 8)", "in[0][0]"],
    ["encoder/dense1", "(None, 8)", "-"],
    ["encoder/a~1b", "(None, 8)", "-"],
    ["out", "(None, 8) · unknown", "encoder[0][0], out[0][0]"],
  ]);
});

test("problems are walked through by weight, those of one code together", () => {
  const of = (code: string, severity: Diagnostic["severity"], layerName: string): Diagnostic => ({ ...problem(layerName, severity), code });
  const groups = problemGroups([of("GC302", "warning", "a"), of("GC404", "error", "b"), of("GC406", "error", "c"), of("GC404", "error", "d"), of("GC211", "info", "e")]);
  expect(groups.map(({ code, problems }) => [code, problems.map((one) => one.layer)])).toEqual([["GC404", ["b", "d"]], ["GC406", ["c"]], ["GC302", ["a"]], ["GC211", ["e"]]]);
});
