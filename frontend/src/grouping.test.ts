import fc from "fast-check";
import { expect, test } from "vitest";
import { allGroups, isGroup, membersOf, type GroupingInput, type Member } from "./grouping";
import type { Json } from "./json";
import { sketchOf } from "./layout/sketch";

// Node's types are no dependency of the editor; this is all of them that is needed.
declare const process: { getBuiltinModule(name: "node:fs"): { readFileSync(path: string): Uint8Array }; getBuiltinModule(name: "node:zlib"): { gunzipSync(bytes: Uint8Array): { toString(): string } } };
const unpacked = (path: string): string => process.getBuiltinModule("node:zlib").gunzipSync(process.getBuiltinModule("node:fs").readFileSync(path)).toString();

const chain = (classes: readonly string[], names = classes.map((_, i) => `n${i}x`)): GroupingInput => ({ names, classes, edges: names.slice(1).flatMap((_, i) => [i, i + 1]) });
const said = (members: readonly Member[], names: readonly string[]): unknown[] => members.map((member) => (isGroup(member) ? `${member.label} ${member.kind} ${member.layers.length}` : names[member]));

test("NASNetLarge is read as stems, normal cells and reductions", () => {
  const file = JSON.parse(unpacked("../app/examples/nasnetlarge.json.gz")) as Json;
  const sketch = sketchOf(file);
  if (!sketch) throw new Error("the example cannot be read");
  const members = membersOf({ ...sketch });
  expect(said(members, sketch.names)).toMatchInlineSnapshot(`
    [
      "input_layer_1",
      "stem_conv1",
      "stem_bn1",
      "stem_1 names 48",
      "stem_2 names 57",
      "normal_0 names 51",
      "normal_1–5 repeat 225",
      "reduce_6 names 51",
      "normal_7 names 51",
      "normal_8–12 repeat 225",
      "reduce_12 names 51",
      "normal_13 names 51",
      "normal_14–18 repeat 225",
      "activation_259",
      "global_average_pooling2d",
      "predictions",
    ]
  `);
});

test("layers that share a numbered beginning are a block, and alike blocks in a row are one thing", () => {
  const parts = ["1_conv", "1_bn", "1_relu", "2_conv", "2_bn", "out"];
  const names = ["in", ...[1, 2, 3].flatMap((k) => parts.map((part) => `stage_block${k}_${part}`)), "head"];
  const classes = ["InputLayer", ...[1, 2, 3].flatMap(() => ["Conv2D", "BatchNormalization", "ReLU", "Conv2D", "BatchNormalization", "ReLU"]), "Dense"];
  const [, repeat] = membersOf(chain(classes, names));
  expect(said(membersOf(chain(classes, names)), names)).toEqual(["in", "stage_block1–3 repeat 18", "head"]);
  expect(repeat !== undefined && isGroup(repeat) && said(repeat.members, names)).toEqual(["stage_block1 names 6", "stage_block2 names 6", "stage_block3 names 6"]);
});

test("blocks without telling names are found by what they are made of", () => {
  const classes = ["InputLayer", ...Array.from({ length: 4 }, () => ["Conv2D", "BatchNormalization", "ReLU"]).flat(), "Flatten", "Dense"];
  const input = chain(classes);
  const [, repeat] = membersOf(input);
  expect(said(membersOf(input), input.names)).toEqual(["n0x", "n3x – n12x repeat 12", "n13x", "n14x"]);
  expect(repeat !== undefined && isGroup(repeat) && repeat.members.map((block) => (isGroup(block) ? block.members : block))).toEqual([[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]]);
});

test("a row of one class is one thing", () => {
  const input = chain(["InputLayer", ...Array.from({ length: 4999 }, () => "Dense")], Array.from({ length: 5000 }, (_, i) => `l${i}`));
  expect(said(membersOf(input), input.names)).toEqual(["l0", "l1–4999 repeat 4999"]);
});

test("parts of one name that lie before and after another make no group about it", () => {
  const part = (start: string): string[] => ["p", "q", "r", "s", "t", "u"].map((end) => `${start}_${end}`);
  const names = [...part("a"), ...part("b"), "x", "y", "z", "v", "w"];
  const edges = [...names.slice(1).flatMap((_, i) => [i, i + 1])];
  const input = { names, classes: names.map((_, i) => `Class${i}`), edges };
  expect(said(membersOf(input), names)).toEqual(["a names 6", "b names 6", "x", "y", "z", "v", "w"]);
  // Half of `b` before `a`: a wire goes around, so taking both for boxes would close a cycle.
  const crossed = { ...input, edges: [...edges, 6, 0].filter((_, i, all) => !(all[i - (i % 2)] === 5 && all[i - (i % 2) + 1] === 6)).concat(5, 9) };
  expect(membersOf(crossed).filter(isGroup).length).toBeLessThan(2);
});

test("any graph: each layer is in exactly one place, and boxes of groups close no cycle", () => {
  const layer = fc.tuple(fc.constantFrom("Dense", "ReLU", "Conv2D"), fc.constantFrom("a_1_", "a_2_", "b_", ""), fc.array(fc.nat(), { maxLength: 2 }));
  fc.assert(
    fc.property(fc.array(layer, { minLength: 1, maxLength: 60 }), (layers) => {
      const edges = layers.flatMap(([, , sources], to) => (to === 0 ? [] : [...new Set(sources.map((source) => source % to))].flatMap((from) => [from, to])));
      const input = { names: layers.map(([, start], i) => `${start}${i}`), classes: layers.map(([className]) => className), edges };
      const members = membersOf(input);
      const flat = (all: readonly Member[]): number[] => all.flatMap((member) => (isGroup(member) ? flat(member.members) : [member]));
      expect(flat(members).sort((a, b) => a - b)).toEqual(layers.map((_, i) => i));
      const ids = [...allGroups(members)].map((group) => group.id);
      expect(new Set(ids).size).toBe(ids.length);
      // The members' order is one in which every box comes after those that feed it.
      const place = new Map(members.flatMap((member, i) => (isGroup(member) ? member.layers : [member]).map((one) => [one, i] as const)));
      for (let e = 0; e < edges.length; e += 2) expect(place.get(edges[e] ?? 0)).toBeLessThanOrEqual(place.get(edges[e + 1] ?? 0) ?? -1);
    }),
  );
});
