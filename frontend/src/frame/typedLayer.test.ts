import { expect, test } from "vitest";
import type { CatalogEntry } from "../api";
import { readTyped, saidOf } from "./typedLayer";

const param = (name: string, schema: object) => ({ name, schema, required: false, default: null, doc: "" });
const sizes = { anyOf: [{ type: "integer" }, { type: "array", items: { type: "integer" } }] };
const entry = (name: string, form: string, params: ReturnType<typeof param>[]): CatalogEntry => ({ name, op: `layers.${name}`, group: "", doc: "", aliases: [], params, inputs: { form, min: 1, max: 1, min_rank: 0, max_rank: null, names: [] }, palette: true }) as unknown as CatalogEntry;
const CONV = entry("Conv2D", "one", [param("filters", { type: "integer" }), param("kernel_size", sizes), param("strides", sizes), param("activation", { type: ["string", "null"] })]);
const INPUT = entry("InputLayer", "source", [param("batch_shape", { type: "array", items: { type: ["integer", "null"] } }), param("dtype", { type: "string" })]);
const said = (text: string, of = CONV) => saidOf(of, readTyped(text).args);

test("a layer is typed as Keras writes it, brackets open or closed", () => {
  const wanted = { config: { filters: 128, kernel_size: [2, 3], strides: 2, activation: "relu" }, texts: {}, name: "Conv1", odd: [] };
  expect(said('Conv2D(128, (2, 3), strides=2, activation="relu", name="Conv1")')).toEqual(wanted);
  expect(said("layers.Conv2D(128,(2,3),strides=2,activation='relu',name=Conv1")).toEqual(wanted);
  expect(readTyped("keras.layers.Conv2D(1").query).toBe("Conv2D");
});

test("a sum or product is kept as it was typed", () => {
  expect(said("Conv2D(7*7*256)")).toMatchObject({ config: { filters: 12544 }, texts: { filters: "7*7*256" } });
});

test("a shape gets its batch", () => {
  expect(said("Input((28, 28, 1), name='Image'", INPUT)).toMatchObject({ config: { batch_shape: [null, 28, 28, 1] }, name: "Image" });
  expect(said("Input(shape=(8,)", INPUT).config).toEqual({ batch_shape: [null, 8] });
});

test("what the class does not take is told", () => {
  expect(said("Conv2D(3, units=4, kernel_size=x)")).toMatchObject({ config: { filters: 3 }, odd: ["units", "kernel_size"] });
});

test("without brackets all of it is the search", () => {
  expect(readTyped("conv 2d")).toEqual({ query: "conv 2d", args: [] });
});
