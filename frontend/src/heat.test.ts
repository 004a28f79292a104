import { expect, test } from "vitest";
import type { ReportNode } from "./api";
import { amountOf, stepOf, type Heat } from "./heat";

function stepsOf(heat: Heat, ...adds: (number | null)[]): (number | null)[] {
  const amounts = adds.map((multiply_adds, i) => amountOf({ params: { trainable: i, non_trainable: i }, cost: { weights_bytes: 0, activation_bytes: 8, multiply_adds } } as ReportNode, heat)); // all that is asked for
  const most = Math.max(...amounts.map((amount) => amount ?? 0));
  return amounts.map((amount) => (amount === null ? null : stepOf(amount, most)));
}

test("the layer with most is hottest, each step is half of the next, nothing is cold", () => {
  expect(stepsOf("multiply_adds", 1000, 510, 490, 130, 1, 0, null)).toEqual([5, 5, 4, 3, 1, 0, null]);
});

test("parameters are those that train and those that do not", () => {
  expect(stepsOf("parameters", 0, 0, 0)).toEqual([0, 4, 5]);
});

test("where all have the same, all are hot; where none has any, none is", () => {
  expect(stepsOf("activation_bytes", 0, 0)).toEqual([5, 5]);
  expect(stepsOf("multiply_adds", 0, 0)).toEqual([0, 0]);
});
