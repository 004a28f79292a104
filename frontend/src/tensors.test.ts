import fc from "fast-check";
import { expect, test } from "vitest";
import type { Report, ReportNode } from "./api";
import { addressIn, addressText, linkTo, placeInLink, tensorsIn } from "./tensors";

const node = (layer: string, node_index: number, outputs: number, more: Partial<ReportNode> = {}): ReportNode => ({
  layer, class_name: "LSTM", node_index, inbound: [], inbound_args: [], outputs: Array.from({ length: outputs }, () => ({ shape: [null, 2], dtype: "float32" })), params: { trainable: 0, non_trainable: 0 }, cost: null, ...more,
});
const REPORT = {
  diagnostics: [],
  nodes: [node("a", 0, 1), node("lstm", 0, 3), node("lstm", 1, 3), node("odd", 0, 0), node("encoder", 0, 1, { body: { name: null, inputs: [], outputs: [], nodes: [node("a", 0, 2)] } })],
} as unknown as Report; // all that addresses ask for

test.each([
  ["lstm[1,2]", ["lstm[1,2]"]],
  ["lstm[1, 2]", ["lstm[1,2]"]],
  ["lstm[1][2]", ["lstm[1,2]"]],
  ['["lstm", 1, 2]', ["lstm[1,2]"]],
  ["lstm[1]", ["lstm[1,0]", "lstm[1,1]", "lstm[1,2]"]],
  ["lstm[2,0]", []],
  ["lstm[0,3]", []],
  ["odd[0,0]", ["odd[0,0]"]],
  ["encoder/a[0,1]", ["encoder/a[0,1]"]],
  ["a[0,0]", ["a[0,0]", "encoder/a[0,0]"]],
  ["LST", ["lstm[0,0]", "lstm[0,1]", "lstm[0,2]", "lstm[1,0]"]],
] as const)("%s leads to %j", (text, addresses) => {
  expect(tensorsIn(REPORT, text, 4).map(addressText)).toEqual(addresses);
});

test("any layer's name: its tensors' addresses and links are read as they were written", () => {
  fc.assert(fc.property(fc.string({ minLength: 1, unit: "grapheme" }).filter((name) => !/[~/[\]"]/.test(name)), fc.nat(99), fc.nat(9), (layer, nodeIndex, tensorIndex) => {
    const tensor = { path: layer, nodeIndex, tensorIndex };
    expect(addressIn(addressText(tensor))).toEqual({ layer, nodeIndex, tensorIndex });
    expect(placeInLink(linkTo(tensor))).toBe(addressText(tensor));
  }));
});

test.each(["", "#view=x", "#at=%"])("%j leads nowhere", (hash) => {
  expect(placeInLink(hash)).toBeNull();
});
