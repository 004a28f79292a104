import { expect, test } from "vitest";
import { isCustom } from "./catalog";
import type { JsonObject } from "./json";

test.each<[JsonObject, boolean]>([
  [{ class_name: "Conv", module: null, registered_name: "Conv" }, true],
  [{ class_name: "Conv", registered_name: "my>Conv", module: "keras.layers" }, true],
  [{ class_name: "my>Conv" }, true],
  [{ class_name: "Conv", module: "mine.layers", registered_name: null }, true],
  [{ class_name: "Dense", module: "keras.layers", registered_name: null }, false],
  [{ class_name: "Dense" }, false],
  [{ class_name: "Sequential", module: "keras.src.models", registered_name: "Keras>Sequential" }, false],
  [{ class_name: "CustomScaleLayer", module: "tf_keras.src.applications.x", registered_name: "Custom>CustomScaleLayer" }, false],
])("%j is custom: %s", (record, is) => {
  expect(isCustom(record)).toBe(is);
});
