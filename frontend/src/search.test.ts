import { expect, test } from "vitest";
import type { Diagnostic, Ref, Report, ReportNode, Shape } from "./api";
import { found } from "./search";

const node = (layer: string, class_name: string, shape: Shape | null, trainable: number, more: Partial<ReportNode> = {}): ReportNode => ({
  layer, class_name, node_index: 0, inbound: [], inbound_args: [], outputs: [{ shape, dtype: "float32" }], params: { trainable, non_trainable: 0 }, cost: { weights_bytes: 0, activation_bytes: 4, multiply_adds: 10 * trainable }, ...more,
});
const REPORT = {
  inputs: [["in", 0, 0]], outputs: [["head", 0, 0]] satisfies Ref[],
  diagnostics: [{ layer: "block1_conv", path: [], severity: "error" }, { layer: "head", path: [], severity: "warning" }] as unknown as Diagnostic[],
  nodes: [
    node("in", "InputLayer", [null, 7, 7, 3], 0, { outputs: [{ shape: [null, 7, 7, 3], dtype: "int32" }] }),
    node("block1_conv", "Conv2D", [null, 7, 7, 64], 400_000),
    node("block1_bn", "BatchNormalization", [null, 7, 7, 64], 0, { params: { trainable: 0, non_trainable: 256 } }),
    node("my layer", "SeparableConv2D", null, 500_000),
    node("head", "Dense", [null, 10], 650, { body: { name: null, inputs: [], outputs: [], nodes: [node("inner", "Dense", [null, 5], 1)] } }),
    node("head", "Dense", [null, 10], 650, { node_index: 1 }),
  ],
} as unknown as Report; // all that a search asks for

test.each([
  ["", []],
  ["type:conv2d", ["block1_conv"]],
  ["conv", ["block1_conv", "my layer"]],
  ["params>400k", ["my layer"]],
  ["params>=400k", ["block1_conv", "my layer"]],
  ["params>0.4M type:SeparableConv2D", ["my layer"]],
  ["params<1k params>=650", ["head"]],
  ["macs=4M", ["block1_conv"]],
  ["shape:*,7,7,*", ["in", "block1_conv", "block1_bn"]],
  ["shape:7x7x64", ["block1_conv", "block1_bn"]],
  ["shape:(None,10)", ["head"]],
  ["is:error", ["block1_conv"]],
  ["is:warning", ["head"]],
  ["is:frozen", ["block1_bn"]],
  ["is:shared", ["head"]],
  ["is:unknown", ["my layer"]],
  ["is:input", ["in"]],
  ["is:output", ["head"]],
  ["is:nested", ["head"]],
  ["is:odd", []],
  ["dtype:int32", ["in"]],
  ['name:"my layer"', ["my layer"]],
  ["inner", ["head/inner"]],
  ["calls>1", ["head"]],
  ["params>lots", []],
  ["block1 is:frozen", ["block1_bn"]],
  ["head[1][0]", ["head"]],
  ['["head", 1, 0]', ["head"]],
  ["head[1,0]", ["head"]],
  ["head[1, 0] is:shared", ["head"]],
  ["head[1,1]", []],
  ["head/inner[0,0]", ["head/inner"]],
  ["block1_conv[1][0]", []],
  ['["my layer", 0, 0] params>1k', ["my layer"]],
])("%s finds %j", (query, paths) => {
  expect(found(REPORT, query)).toEqual(paths);
});
