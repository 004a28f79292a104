import fc from "fast-check";
import { expect, test } from "vitest";
import type { Report } from "./api";
import { along, between } from "./ways";

const report = (...wires: string[]): Report => ({ nodes: [...new Set(wires.flatMap((wire) => wire.split(">")))].map((layer) => ({ layer, inbound: wires.flatMap((wire) => (wire.endsWith(`>${layer}`) ? [[wire.split(">")[0], 0, 0]] : [])) })) }) as unknown as Report; // all that is asked for
const DIAMOND = report("in>a", "in>b", "a>sum", "b>sum", "sum>out", "in>aside");

test("what leads to a layer, and what follows from it", () => {
  expect([...along(DIAMOND, ["sum"], "to")].sort()).toEqual(["a", "b", "in", "sum"]);
  expect([...along(DIAMOND, ["a"], "from")].sort()).toEqual(["a", "out", "sum"]);
});

test("the ways between two layers, asked from either end", () => {
  expect([...between(DIAMOND, ["in", "sum"])].sort()).toEqual(["a", "b", "in", "sum"]);
  expect([...between(DIAMOND, ["sum", "in"])].sort()).toEqual(["a", "b", "in", "sum"]);
  expect([...between(DIAMOND, ["a", "b"])].sort()).toEqual(["a", "b"]);
  // A group is all of its layers.
  expect([...between(DIAMOND, ["in", "aside", "sum"])].sort()).toEqual(["a", "aside", "b", "in", "sum"]);
});

test("any graph: a layer follows from another exactly where the other leads to it", () => {
  const wires = fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(wires, (pairs) => {
      const drawn = report(...pairs.map(([from, to]) => `n${from}>n${to}`));
      const names = drawn.nodes.map((node) => node.layer);
      const from = new Map(names.map((name) => [name, along(drawn, [name], "from")] as const));
      for (const name of names) for (const other of along(drawn, [name], "to")) expect(from.get(other)?.has(name)).toBe(true);
    }),
  );
});
