import fc from "fast-check";
import { expect, test } from "vitest";
import type { ReportNode, Report } from "./api";
import { apply, fromJson, kerasTensor, layerPaths } from "./document";
import { withGhosts } from "./ghosts";
import { setOff } from "./intents/off";
import { factsOf } from "./outline";

const entry = (name: string, className: string, ...from: string[]) => ({
  class_name: className, config: { name }, name, inbound_nodes: from.length === 0 ? [] : [{ args: from.map((source) => kerasTensor(source, 0, 0)), kwargs: {} }],
});
const node = (layer: string, inbound: readonly string[], width: number): ReportNode => ({
  layer, class_name: "Dense", node_index: 0, inbound: inbound.map((from) => [from, 0, 0] as const), inbound_args: inbound.map((_, i) => `args/${i}`), outputs: [{ shape: [null, width], dtype: "float32" }], params: { trainable: 1, non_trainable: 0 }, cost: null,
});

test("what is left out stands between, as the document wires it; a bypassed layer passes the shape on", () => {
  const document = fromJson({ model: { class_name: "Functional", config: { layers: [entry("x", "InputLayer"), entry("a", "Dense", "x"), entry("b", "ReLU", "a"), entry("c", "ReLU", "b"), entry("d", "Dense", "c")], input_layers: [], output_layers: [] } } });
  apply(document, setOff(document, ["b"], "bypass"));
  apply(document, setOff(document, ["c"], "disable"));
  const report = { nodes: [node("x", [], 4), node("a", ["x"], 8), node("d", ["a"], 2)] } as unknown as Report;
  const shown = withGhosts(report, document).nodes.map((one) => [one.layer, one.inbound.map(([from]) => from).join(), one.outputs[0]?.shape?.[1] ?? null, one.off ?? null]);
  expect(shown).toEqual([["x", "", 4, null], ["a", "x", 8, null], ["b", "a", 8, "bypass"], ["c", "b", null, "disable"], ["d", "c", 2, null]]);
});

test("any document: each of its layers is in the report that is shown, once called ones as they were", () => {
  const names = ["x", "a", "b", "c", "d/e", "~"];
  const called = fc.subarray(names);
  fc.assert(
    fc.property(called, fc.subarray(names), (inModel, inside) => {
      const inner = { class_name: "Functional", name: "inner", config: { name: "inner", layers: inside.map((name) => entry(name, "Dense")), input_layers: [], output_layers: [] }, inbound_nodes: [] };
      const document = fromJson({ model: { class_name: "Functional", config: { layers: [...names.map((name) => entry(name, "Dense")), inner], input_layers: [], output_layers: [] } } });
      const known = inModel.map((name) => node(name, [], 4));
      const report = { diagnostics: [], nodes: [...known, { ...node("inner", [], 2), body: { name: null, inputs: [], outputs: [], nodes: [] } }] } as unknown as Report;
      const shown = withGhosts(report, document);
      expect(shown.nodes.slice(0, known.length)).toEqual(known);
      expect(shown.nodes.map((one) => one.layer).sort()).toEqual([...names, "inner"].sort());
      expect(shown.nodes.filter((one) => one.isLoose).map((one) => one.layer)).toEqual(names.filter((name) => !inModel.includes(name)));
      expect(shown.nodes.find((one) => one.layer === "inner")?.body?.nodes.map((one) => one.layer)).toEqual(inside);
      expect([...factsOf(shown).calls.keys()].sort()).toEqual(layerPaths(document).concat(layerPaths(document, "inner")).sort());
    }),
  );
});

test("a model that leaves nothing out keeps its report", () => {
  const report = { nodes: [] } as unknown as Report;
  expect(withGhosts(report, fromJson({ model: null }))).toBe(report);
});
