import { expect, test } from "vitest";
import { numbersOf } from "./numbers";

test.each([
  ["an object", '{"conv1": 1.5, "note": "x", "encoder/dense1": 2}', "latency", [["conv1", 1.5], ["encoder/dense1", 2]]],
  ["pairs", '[["conv1", 1.5], ["fc", 0]]', "latency", [["conv1", 1.5], ["fc", 0]]],
  ["rows", '[{"layer": "conv1", "sparsity": 0.5}, {"name": "fc", "sparsity": 0.9}]', "sparsity", [["conv1", 0.5], ["fc", 0.9]]],
  ["lines with a head", 'layer,ms\nconv1,1.5\n"fc",2\n', "ms", [["conv1", 1.5], ["fc", 2]]],
  ["lines without", "conv1;1.5\r\nfc;2", "latency", [["conv1", 1.5], ["fc", 2]]],
])("numbers come from %s", (_, text, name, pairs) => {
  const numbers = numbersOf("latency.json", text);
  expect([numbers?.name, [...(numbers?.values ?? [])]]).toEqual([name, pairs]);
});

test.each(["", "nothing here", "[]", "{}", "null", '{"a": "b"}'])("%j holds no numbers", (text) => {
  expect(numbersOf("a.csv", text)).toBeNull();
});
