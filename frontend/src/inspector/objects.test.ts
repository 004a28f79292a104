import { describe, expect, test } from "vitest";
import type { CatalogObject } from "../api";
import type { Json } from "../json";
import { chosenOf, objectOf, objectsFor, withArgument } from "./objects";

const number = (name: string, standard: number, required = false) => ({ name, default: standard, required, schema: { type: "number" }, doc: "" });
const L2: CatalogObject = { name: "L2", aliases: [], params: [number("l2", 0.01)] };
const CONSTANT: CatalogObject = { name: "Constant", aliases: [], params: [number("value", 0, true)] };
const NORMAL: CatalogObject = { name: "RandomNormal", aliases: ["normal"], params: [number("mean", 0), number("stddev", 0.05)] };
const ALL = [L2, CONSTANT, NORMAL];

test("an argument's name says which objects it takes", () => {
  const objects = { initializer: [CONSTANT], regularizer: [L2], constraint: [] };
  expect(objectsFor(objects, "kernel_regularizer")).toEqual([L2]);
  expect(objectsFor(objects, "filters")).toBeNull();
  expect(objectsFor(null, "kernel_regularizer")).toBeNull();
});

describe("chosenOf", () => {
  test.each<[string, Json, string | null]>([
    ["a name", "random_normal", "RandomNormal"],
    ["an alias", "normal", "RandomNormal"],
    ["an object", { module: "keras.regularizers", class_name: "L2", config: { l2: 0.1 }, registered_name: null }, "L2"],
    ["an object of Keras 2", { class_name: "RandomNormalV2", config: {} }, "RandomNormal"],
    ["None", null, null],
    ["a user's class of the same name", { module: "mine", class_name: "L2", config: {}, registered_name: "mine>L2" }, null],
  ])("%s", (_, value, name) => {
    expect(chosenOf(ALL, value)?.entry.name ?? null).toBe(name);
  });
});

test("an object says what Keras needs, and no more", () => {
  expect(objectOf("initializer", CONSTANT, false)).toEqual({ module: "keras.initializers", class_name: "Constant", config: { value: 0 }, registered_name: null });
  expect(objectOf("regularizer", L2, true)).toEqual({ class_name: "L2", config: {} });
});

test("an argument is said and taken back, beside what the file says", () => {
  const written = { module: "tf_keras.initializers", class_name: "RandomNormal", config: { mean: 1, seed: 7 }, registered_name: null };
  const chosen = { entry: NORMAL, config: written.config };
  expect(withArgument("initializer", written, chosen, "stddev", 0.2, false)).toEqual({ ...written, config: { mean: 1, seed: 7, stddev: 0.2 } });
  expect(withArgument("initializer", written, chosen, "mean", undefined, false)).toEqual({ ...written, config: { seed: 7 } });
  expect(withArgument("initializer", "normal", { entry: NORMAL, config: {} }, "mean", 2, false)).toMatchObject({ module: "keras.initializers", class_name: "RandomNormal", config: { mean: 2 } });
});
