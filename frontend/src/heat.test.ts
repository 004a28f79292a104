import { expect, test } from "vitest";
import type { Report, ReportNode } from "./api";
import { heatOf, mostOf } from "./heat";

function report(...adds: (number | null)[]): Report {
  const nodes = adds.map((multiply_adds, i): ReportNode => ({
    layer: `l${i}`, class_name: "Dense", node_index: 0, inbound: [], inbound_args: [], outputs: [], params: { trainable: i, non_trainable: i },
    cost: { weights_bytes: 0, activation_bytes: 8, multiply_adds },
  }));
  return { nodes } as unknown as Report; // the nodes are all that is asked for
}

test("the layer with most is hottest, each step is half of the next, nothing is cold", () => {
  expect(heatOf(report(1000, 510, 490, 130, 1, 0, null), "multiply_adds")).toEqual([5, 5, 4, 3, 1, 0, null]);
  expect(mostOf(report(1000, 260), "multiply_adds")).toBe(1000);
});

test("parameters are those that train and those that do not", () => {
  expect(heatOf(report(0, 0, 0), "parameters")).toEqual([0, 4, 5]);
  expect(mostOf(report(0, 0, 0), "parameters")).toBe(4);
});

test("where all have the same, all are hot; where none has any, none is", () => {
  expect(heatOf(report(0, 0), "activation_bytes")).toEqual([5, 5]);
  expect(heatOf(report(0, 0), "multiply_adds")).toEqual([0, 0]);
});
