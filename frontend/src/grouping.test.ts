import fc from "fast-check";
import { expect, test } from "vitest";
import { allGroups, isGroup, membersOf, withFrames, type GroupingInput, type Member } from "./grouping";
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

test("any frames about any layers: each is one group with just its layers, every layer stays once, and alike parts in a row stay whole or come apart", () => {
  const input = chain(Array.from({ length: 4 }, () => ["Conv2D", "ReLU", "Dense", "Add"]).flat());
  const whole = membersOf(input);
  expect(said(whole, input.names)).toEqual(["n0x", "n4x – n12x repeat 12", "n13x", "n14x", "n15x"]);
  const leaves = (members: readonly Member[]): number[] => members.flatMap((member) => (isGroup(member) ? leaves(member.members) : [member]));
  fc.assert(fc.property(fc.boolean(), fc.array(fc.constantFrom(0, 1, 2, 3), { minLength: 16, maxLength: 16 }), (isGrouped, owners) => {
    const frames = [1, 2, 3].map((n) => ({ id: `frame ${n}`, label: `F${n}`, layers: owners.flatMap((owner, i) => (owner === n ? [i] : [])) })).filter(({ layers }) => layers.length > 0);
    const before: readonly Member[] = isGrouped ? whole : input.names.map((_, i) => i);
    const members = withFrames(before, frames);
    expect(leaves(members).sort((a, b) => a - b)).toEqual(input.names.map((_, i) => i));
    const groups = [...allGroups(members)];
    for (const { members: own, layers } of groups) expect(leaves(own).sort((a, b) => a - b)).toEqual([...layers].sort((a, b) => a - b));
    const made = groups.filter(({ kind }) => kind === "frame").map(({ id, label, layers }) => ({ id, label, layers: [...layers] }));
    expect(made.sort((a, b) => a.id.localeCompare(b.id))).toEqual(frames);
    for (const { kind, members: own } of groups) if (kind === "repeat") expect(own).toHaveLength(3);
  }));
});

test("a frame about one of the parts that repeat lies in it, one about a whole group takes its place", () => {
  const input = chain(Array.from({ length: 4 }, () => ["Conv2D", "ReLU", "Dense", "Add"]).flat());
  const row = membersOf(input).find(isGroup);
  if (!row) throw new Error("no row of blocks");
  const frame = (layers: readonly number[]): readonly Member[] => withFrames([row], [{ id: "frame 1", label: "Mine", layers }]);
  expect(said(frame([1, 2]), input.names)).toEqual(["n4x – n12x repeat 12"]);
  expect(said(frame([1, 2, 5, 6]), input.names)).toEqual(["Mine frame 4", "n3x", "n4x", "n7x", "n8x", "n12x block 4"]);
  expect(said(frame(row.layers), input.names)).toEqual(["Mine frame 12"]);
});
