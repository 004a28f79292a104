import { expect, test } from "vitest";
import { argumentsText } from "./argumentsText";

test.each([
  [{ filters: 128, kernel_size: [2, 2], strides: [2, 2], padding: "valid", dilation_rate: [1, 1], activation: "relu", use_bias: true }, "128 filters · 2×2 · stride 2 · relu"],
  [{ units: "7*7*256", activation: "linear" }, "7*7*256 units"],
  [{ pool_size: [3, 3], strides: [2, 1], padding: "same" }, "3×3 · stride 2×1 · same"],
  [{ target_shape: [7, 7, 256] }, "to (7, 7, 256)"],
  [{ target_shape: [10] }, "to (10,)"],
  [{ padding: [[1, 0], [1, 0]] }, "pad [[1, 0], [1, 0]]"],
  [{ rate: 0.5, seed: 1 }, "rate 0.5"],
  [{ axis: 3, epsilon: 0.001, scale: true }, "axis 3"],
  [{ units: 4, activation: { class_name: "LeakyReLU", config: {} } }, "4 units · LeakyReLU"],
  [{ filters: 1, kernel_size: 2 }, "1 filter · 2"],
  [{ units: null }, ""],
])("%j is told as %s", (config, said) => {
  expect(argumentsText(config)).toBe(said);
});
