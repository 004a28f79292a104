import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../json";
import { aboutOf, argumentOf, controlOf, isDefault, parse, valueText, type Control } from "./fields";

const one: JsonObject = { type: "integer", minimum: 1 };

describe("controlOf", () => {
  const cases: readonly (readonly [string, JsonObject, Partial<Control>])[] = [
    ["a whole number", one, { kind: "number", isInteger: true, minimum: 1 }],
    ["a number or None", { type: ["number", "null"] }, { kind: "number", isInteger: false, canBeNone: true }],
    ["a flag", { type: "boolean" }, { kind: "toggle" }],
    ["one of some words", { enum: ["valid", "same"] }, { kind: "choice", options: ["valid", "same"] }],
    ["words or None", { enum: ["channels_last", "channels_first", null] }, { kind: "choice", options: ["channels_last", "channels_first", null] }],
    ["an activation", { anyOf: [{ enum: ["relu", "tanh"] }, { type: ["object", "null"] }] }, { kind: "choice", options: ["relu", "tanh", null] }],
    ["one size or some", { anyOf: [one, { type: "array", items: one }] }, { kind: "sizes", canBeOne: true, isInteger: true }],
    ["a list of sizes", { type: "array", items: { type: ["integer", "null"] } }, { kind: "sizes", canBeOne: false }],
    ["a serialized object", { type: ["string", "object", "null"] }, { kind: "text", canBeNone: true }],
    ["anything", {}, { kind: "text", canBeNone: true }],
  ];
  test.each(cases)("%s", (_, schema, control) => {
    expect(controlOf(schema)).toMatchObject(control);
  });
});

describe("parse", () => {
  const whole = controlOf(one);
  const sizes = controlOf({ anyOf: [one, { type: "array", items: one }] });
  const text = controlOf({});
  const cases: readonly (readonly [string, Control, string, Json])[] = [
    ["products", whole, "7*7*128", 6272],
    ["sums", whole, "2 + 3*4", 14],
    ["one size", sizes, "3", 3],
    ["sizes with commas", sizes, "3, 5", [3, 5]],
    ["sizes as Python writes them", sizes, "(3, 5)", [3, 5]],
    ["a tuple of one", sizes, "(3,)", [3]],
    ["sizes by side", sizes, "((1, 1), (2, 2))", [[1, 1], [2, 2]]],
    ["None", text, "None", null],
    ["Python's true", text, "True", true],
    ["a word", text, "he_normal", "he_normal"],
    ["an object", text, '{"class_name": "Zeros"}', { class_name: "Zeros" }],
  ];
  test.each(cases)("%s", (_, control, said, value) => {
    expect(parse(control, said)).toEqual({ value });
  });
  test.each([[whole, "many"], [whole, "0"], [whole, "1.5"], [whole, ""], [whole, "None"], [sizes, "a, b"], [sizes, "1.5"], [sizes, ""]])("%o takes no %j", (control, said) => {
    expect(parse(control, said)).toHaveProperty("problem");
  });
  test("what is shown reads back as the same value", () => {
    for (const value of [[3, 5], [4], 7, [null, 28, 28, 1]]) expect(parse(controlOf({ anyOf: [one, { type: "array", items: { type: ["integer", "null"] } }] }), valueText(value))).toEqual({ value });
  });
});

test("values are written as Python writes them", () => {
  const values: readonly Json[] = [null, true, [1, 1], [2], "same", { class_name: "L2", config: { l2: 0.01 } }, { class_name: "GlorotUniform", config: { seed: null } }];
  expect(values.map(valueText)).toEqual([
    "None", "True", "(1, 1)", "(2,)", "same", "L2(l2=0.01)", "GlorotUniform",
  ]);
  expect(valueText({ module: "keras", class_name: "DTypePolicy", config: { name: "float32" }, registered_name: null })).toBe("float32");
});

test("a class, its name and equal sizes are the default that they spell", () => {
  expect(isDefault({ class_name: "GlorotUniform", config: { seed: null } }, "glorot_uniform")).toBe(true);
  expect(isDefault([1, 1], 1)).toBe(true);
  expect(isDefault(undefined, 3)).toBe(true);
  expect(isDefault(null, null)).toBe(true);
  expect(isDefault({ class_name: "L2", config: { l2: 0.5 } }, "l2")).toBe(false);
  expect(isDefault([1, 2], 1)).toBe(false);
});

test("a problem's pointer names the argument", () => {
  expect(argumentOf("/model/config/layers/7/config/units")).toBe("units");
  expect(argumentOf("/config/layers/7/config/strides/0")).toBe("strides");
  expect(argumentOf("/config/layers/7/inbound_nodes/0")).toBeNull();
});

describe("aboutOf", () => {
  const param = { doc: "", required: false, default: null };
  test.each<[JsonObject, boolean, string]>([
    [one, false, "whole number, 1 or more"],
    [{ type: ["number", "null"] }, false, "number, or None"],
    [{ anyOf: [one, { type: "array", items: one, minItems: 2, maxItems: 2 }] }, true, "one number, or 2 numbers · default None"],
    [{ enum: ["valid", "same"] }, false, ""],
    [{ type: "boolean" }, true, "default None"],
  ])("%j, set: %s", (schema, isSet, says) => {
    expect(aboutOf({ ...param, schema }, isSet)).toBe(says);
  });
  test("what the catalog says comes first", () => {
    expect(aboutOf({ ...param, doc: "The axis.", schema: one }, false)).toBe("The axis.");
  });
});
