import { expect, test } from "vitest";
import { apply, fromJson } from "./document";
import type { Json, JsonObject } from "./json";
import { callsOf, choicesFor, consumersOf } from "./wiring";

const tensor = (layer: string): JsonObject => ({ class_name: "__keras_tensor__", config: { shape: [null, 8], dtype: "float32", keras_history: [layer, 0, 0] } });
const layer = (name: string, ...calls: Json[]): JsonObject => ({ class_name: "Dense", name, config: { name }, inbound_nodes: calls });
const call = (...args: Json[]): JsonObject => ({ args, kwargs: {} });

/** in → a → b, and b once more on its own output; other stands alone. */
const DOCUMENT = fromJson({
  layerwright: 1,
  model: {
    class_name: "Functional",
    config: {
      name: "m",
      layers: [layer("in"), layer("a", call(tensor("in"))), layer("b", call(tensor("a")), call([tensor("a"), tensor("b")])), layer("other", call(tensor("in")))],
      input_layers: [],
      output_layers: [],
    },
  },
});

test("calls say what each takes and where", () => {
  expect(callsOf(DOCUMENT, "b").map(({ nodeIndex, uses }) => [nodeIndex, uses.map((use) => `${use.layer} ${use.arg}`)])).toEqual([
    [0, ["a args/0"]],
    [1, ["a args/0/0", "b args/0/1"]],
  ]);
});

test("consumers come once each, in order", () => {
  expect(consumersOf(DOCUMENT, "in")).toEqual(["a", "other"]);
  expect(consumersOf(DOCUMENT, "a")).toEqual(["b"]);
});

test("nothing downstream may feed a layer; a shared layer offers each of its calls", () => {
  expect(choicesFor(DOCUMENT, null, "a").map((choice) => choice.key)).toEqual(["in 0 0", "other 0 0"]);
  expect(choicesFor(DOCUMENT, null, "other").map((choice) => choice.key)).toEqual(["in 0 0", "a 0 0", "b 0 0", "b 1 0"]);
});

test("who takes an output is read anew after an edit", () => {
  const document = fromJson({ layerwright: 1, model: { class_name: "Functional", config: { name: "m", layers: [layer("in"), layer("a", call(tensor("in")))], input_layers: [], output_layers: [] } } });
  expect(consumersOf(document, "in")).toEqual(["a"]);
  apply(document, { added: {}, updated: {}, removed: { "call/a/0": null } });
  expect(consumersOf(document, "in")).toEqual([]);
});
