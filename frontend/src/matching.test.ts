import { expect, test } from "vitest";
import { points, purposesOf, ranked, score } from "./matching";

test("the start beats a word, a word the middle, the middle spread letters", () => {
  expect(["Conv2D", "SeparableConv2D", "Subconv", "Crop conv now", "Dense"].map((text) => score(text, "conv"))).toEqual([5, 4, 3, 4, 0]);
  expect(score("Conv2DTranspose", "c2t")).toBe(1);
  expect(score("Fit all layers", "layers fit")).toBe(2);
});

test("a purpose finds classes, behind those that are called so", () => {
  const classes = ["Dense", "MaxPooling2D", "UpSampling2D", "Downsample"];
  expect(ranked(classes, "downsample", (name) => [name, ...purposesOf(name)])).toEqual(["Downsample", "MaxPooling2D"]);
  expect(ranked(classes, "上采样", (name) => [name, ...purposesOf(name)])).toEqual(["UpSampling2D"]);
});

test("nothing typed leaves all in their order", () => {
  expect(ranked(["b", "a"], "", (text) => [text])).toEqual(["b", "a"]);
});

test("what is called so answers as well as what has that purpose, or better", () => {
  const [block, layer] = [["Residual block", "residual", "block"], ["Add", ...purposesOf("Add")]];
  expect(["residual", "add", "sum"].map((query) => Math.sign(points(block, query) - points(layer, query)))).toEqual([0, -1, -1]);
});
