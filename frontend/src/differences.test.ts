import { expect, test } from "vitest";
import { differencesOf, markedIn } from "./differences";
import type { JsonObject } from "./json";

const tensor = (from: string) => ({ class_name: "__keras_tensor__", config: { shape: [null, 4], dtype: "float32", keras_history: [from, 0, 0] } });
const layer = (name: string, units: number, ...from: readonly string[]) => ({ class_name: "Dense", config: { name, units }, inbound_nodes: from.map((one) => ({ args: [tensor(one)], kwargs: {} })) });
const model = (layers: readonly JsonObject[], output: string, view: JsonObject = {}): JsonObject => ({
  layerwright: 1, model: { class_name: "Functional", config: { name: "m", layers, input_layers: [["x", 0, 0]], output_layers: [[output, 0, 0]] } }, view, plan: {},
});

test("layers come, go and become others, each with what is other about it", () => {
  const before = model([layer("x", 1), layer("a", 4, "x"), layer("b", 5, "a"), layer("c", 6, "b")], "c");
  const after = model([layer("x", 1), layer("a", 8, "x"), layer("c", 6, "a"), layer("d", 7, "c")], "d");
  const found = differencesOf(before, after);
  expect(found.map(({ kind, path, className, changes }) => [kind, path, className, changes.map(({ what, from, to }) => [what, from, to])])).toEqual(expect.arrayContaining([
    ["changed", "a", "Dense", [["units", "4", "8"]]],
    ["removed", "b", "Dense", []],
    ["changed", "c", "Dense", [["inputs", "b", "a"]]],
    ["added", "d", "Dense", []],
    ["changed", "", "", [["outputs", '[["c",0,0]]', '[["d",0,0]]']]],
  ]));
  expect(found).toHaveLength(5);
  expect([...markedIn(found, "before")].sort()).toEqual(["a", "b", "c"]);
  expect([...markedIn(found, "after")].sort()).toEqual(["a", "c", "d"]);
});

test("a layer that is called once more is changed, and one that was moved is not", () => {
  const one = model([layer("x", 1), layer("a", 4, "x")], "a", { positions: { a: [0, 0] } });
  expect(differencesOf(one, model([layer("x", 1), layer("a", 4, "x", "x")], "a")).map(({ kind, path }) => [kind, path])).toEqual([["changed", "a"]]);
  expect(differencesOf(one, model([layer("x", 1), layer("a", 4, "x")], "a", { positions: { a: [9, 9] } }))).toEqual([]);
});

test("a nested model is marked with what is other inside of it", () => {
  const nested = (units: number): JsonObject => model([layer("x", 1), { class_name: "Functional", config: { name: "enc", layers: [layer("i", 1), layer("d", units, "i")], input_layers: [["i", 0, 0]], output_layers: [["d", 0, 0]] }, inbound_nodes: [{ args: [tensor("x")], kwargs: {} }] }], "enc");
  const found = differencesOf(nested(1), nested(2));
  expect(found.map(({ path }) => path)).toEqual(["enc/d"]);
  expect([...markedIn(found, "after")]).toEqual(["enc/d", "enc"]);
});
