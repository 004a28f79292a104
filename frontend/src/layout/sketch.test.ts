import { expect, test } from "vitest";
import type { Json } from "../json";
import { sketchOf } from "./sketch";

const functional = (...layers: Json[]): Json => ({ class_name: "Functional", config: { layers } });
const tensor = (layer: string, nodeIndex = 0): Json => ({ class_name: "__keras_tensor__", config: { keras_history: [layer, nodeIndex, 0] } });

test("a layer that is called twice has a box a call, as Keras 3 and Keras 2 write it", () => {
  const three = functional({ class_name: "InputLayer", name: "in", inbound_nodes: [] }, { class_name: "Dense", name: "d", inbound_nodes: [{ args: [tensor("in")], kwargs: {} }, { args: [tensor("d")], kwargs: {} }] }, { class_name: "Add", name: "sum", inbound_nodes: [{ args: [[tensor("d"), tensor("d", 1)]], kwargs: {} }] });
  const two = functional({ class_name: "InputLayer", name: "in", inbound_nodes: [] }, { class_name: "Dense", name: "d", inbound_nodes: [[["in", 0, 0, {}]], [["d", 0, 0, {}]]] }, { class_name: "Add", name: "sum", inbound_nodes: [[["d", 0, 0, {}], ["d", 1, 0, {}]]] });
  expect(sketchOf(three)).toEqual({ names: ["in", "d", "d", "sum"], classes: ["InputLayer", "Dense", "Dense", "Add"], nodeIndices: Int32Array.of(0, 0, 1, 0), edges: Int32Array.of(0, 1, 1, 2, 1, 3, 2, 3) });
  expect(sketchOf(two)).toEqual(sketchOf(three));
  expect(sketchOf({ layerwright: 1, model: three })).toEqual(sketchOf(three));
});

test("a layer that is called once is meant, whatever number Keras gave the call", () => {
  expect(sketchOf(functional({ name: "a", inbound_nodes: [] }, { name: "b", inbound_nodes: [{ args: [], kwargs: { value: tensor("a", 3) } }] }))?.edges).toEqual(Int32Array.of(0, 1));
});

test("tensors among the keywords of Keras 2 come after the first one", () => {
  const layers = [{ name: "q", inbound_nodes: [] }, { name: "v", inbound_nodes: [] }, { name: "attention", inbound_nodes: [[["q", 0, 0, { value: ["v", 0, 0] }]]] }];
  expect(sketchOf(functional(...layers))?.edges).toEqual(Int32Array.of(0, 2, 1, 2));
});

test("a Sequential is a chain", () => {
  expect(sketchOf({ class_name: "Sequential", config: { layers: [{ class_name: "Dense", config: { name: "a" } }, { class_name: "ReLU", config: { name: "b" } }] } })).toEqual({ names: ["a", "b"], classes: ["Dense", "ReLU"], nodeIndices: Int32Array.of(0, 0), edges: Int32Array.of(0, 1) });
});

test("what a sketch could get wrong is left to the report", () => {
  const placed = { layerwright: 1, model: functional({ name: "a", inbound_nodes: [] }), view: { positions: { a: [1, 2] } } };
  expect([null, 1, [], {}, { config: { layers: [1] } }, functional({ name: "a" }, { name: "a" }), functional({ class_name: "Dense" }), placed].map(sketchOf)).toEqual(Array(8).fill(null));
});
