import { expect, test } from "vitest";
import { isTraceback } from "./traceback";

test.each([
  "Traceback (most recent call last):\n  File \"train.py\", line 3, in <module>\nValueError: no",
  "ValueError: Inputs have incompatible shapes. Received shapes (8,) and (9,)",
  "tensorflow.python.framework.errors_impl.InvalidArgumentError: Graph execution error:",
  "---------\nTypeError                 Traceback (most recent call last)\n<ipython-input-9>",
])("a traceback is one: %s", (text) => {
  expect(isTraceback(text)).toBe(true);
});

test.each(['{"class_name": "ValueError: x"}', '[{"a": "Traceback (most recent call last)"}]', '"{\\"class_name\\": 1}"', "model = Sequential()", ""])("a model is none: %s", (text) => {
  expect(isTraceback(text)).toBe(false);
});
