import fc from "fast-check";
import { expect, test } from "vitest";
import type { Ref, Report, ReportNode } from "../api";
import { nestsOf, projectionOf, type Projection } from "./projection";
import { onlyOf, structureOf, wholeOf, type Structure } from "./whole";

const node = (layer: string, inbound: Ref[] = [], more: Partial<ReportNode> = {}): ReportNode => ({
  layer, class_name: "Dense", node_index: 0, inbound, inbound_args: [], outputs: [{ shape: [null, 8], dtype: "float32" }], params: { trainable: 0, non_trainable: 0 }, cost: null, ...more,
});
const report = (nodes: ReportNode[]): Report => ({ nodes, inputs: [], outputs: [] }) as unknown as Report; // all that is asked for

/** Every pair of boxes by their items' labels. */
const wires = ({ items }: Structure, { edges, items: shown }: Projection): string[] => Array.from({ length: edges.length / 2 }, (_, e) => [0, 1].map((end) => items[shown[edges[2 * e + end] ?? 0] ?? 0]?.label).join(" → "));

const encoder = node("encoder", [["in", 0, 0]], {
  class_name: "Functional",
  body: { name: "encoder", inputs: [["x", 0, 0]], outputs: [["y", 0, 0]], nodes: [node("x"), node("y", [["x", 0, 0]])] },
});

test("a nested model is one box until it is opened; then what goes in goes on to its inputs", () => {
  const structure = structureOf(wholeOf(report([node("in"), encoder, node("out", [["encoder", 0, 0]])])), () => false);
  expect(wires(structure, projectionOf(structure, new Set()))).toEqual(["in → encoder", "encoder → out"]);
  expect(wires(structure, projectionOf(structure, new Set(["call encoder 0"])))).toEqual(["in → encoder", "encoder → out", "x → y", "encoder → x", "y → encoder"]);
});

test("a wire that crosses frames goes out of the one and into the other", () => {
  const block = (name: string, before: string): ReportNode[] => ["1", "2", "3", "4", "5", "6"].map((k, i) => node(`${name}_${k}`, [[i === 0 ? before : `${name}_${i}`, 0, 0]], { class_name: `${name}${k}` }));
  const structure = structureOf(wholeOf(report([node("in"), ...block("a", "in"), ...block("b", "a_6"), ...["q", "r", "s"].map((name) => node(name, [["b_6", 0, 0]]))])), () => true);
  const all = structure.items.flatMap((item) => (item.children.length > 0 ? [item.id] : []));
  expect(wires(structure, projectionOf(structure, new Set()))).toEqual(["in → a", "a → b", "b → q", "b → r", "b → s"]);
  expect(wires(structure, projectionOf(structure, new Set(all))).filter((wire) => /^a|b_1$/.test(wire))).toEqual(["a → a_1", "a_1 → a_2", "a_2 → a_3", "a_3 → a_4", "a_4 → a_5", "a_5 → a_6", "a_6 → a", "a → b", "b → b_1"]);
});

test("a layer of two calls is two boxes, or one where calls are not told apart", () => {
  const shared = report([node("in"), node("d", [["in", 0, 0]]), node("d", [["d", 0, 0]], { node_index: 1 }), node("out", [["d", 1, 0]])]);
  const calls = structureOf(wholeOf(shared), () => false);
  expect(wires(calls, projectionOf(calls, new Set()))).toEqual(["in → d", "d → d", "d → out"]);
  const layers = structureOf(wholeOf(shared, "layers"), () => false);
  expect(wires(layers, projectionOf(layers, new Set()))).toEqual(["in → d", "d → d", "d → out"]);
});

test("only what leads somewhere is left, nested models with their inside", () => {
  const whole = onlyOf(wholeOf(report([node("in"), encoder, node("out", [["encoder", 0, 0]]), node("aside", [["in", 0, 0]])])), new Set(["in", "encoder"]));
  expect(whole.calls.map((call) => call.path)).toEqual(["in", "encoder", "encoder/x", "encoder/y"]);
  expect(whole.flows.map(({ from, to }) => [from, to])).toEqual([[0, 1], [2, 3]]);
});

test("any model, any groups open: each layer is shown by one box, and wires join what lies side by side", () => {
  const layers = fc.array(fc.tuple(fc.constantFrom("a_1_", "a_2_", "b_", ""), fc.array(fc.nat(), { maxLength: 2 })), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(layers, fc.array(fc.boolean(), { minLength: 50, maxLength: 50 }), (drawn, opens) => {
      const names = drawn.map(([start], i) => `${start}${i}`);
      const nodes = drawn.map(([, sources], i) => node(names[i] ?? "", i === 0 ? [] : sources.map((source) => [names[source % i] ?? "", 0, 0] as const)));
      const structure = structureOf(wholeOf(report(nodes)), () => true);
      const opened = new Set(structure.items.filter((item, i) => item.children.length > 0 && opens[i % 50]).map((item) => item.id));
      const projection = projectionOf(structure, opened);
      const { edges, parents, shownBy, isOpen } = projection;
      structure.whole.calls.forEach((_, call) => expect(shownBy[structure.itemOfCall[call] ?? -1]).toBeGreaterThanOrEqual(0));
      for (let e = 0; e < edges.length; e += 2) {
        const [from, to] = [edges[e] ?? 0, edges[e + 1] ?? 0];
        expect(parents[from] === parents[to] || parents[to] === from || parents[from] === to).toBe(true);
        expect(from).not.toBe(to);
      }
      // Each box lies in one nest, and each frame has one.
      const nests = nestsOf(projection);
      expect(nests.flatMap((nest) => nest.boxes).sort((a, b) => a - b)).toEqual(projection.items.map((_, i) => i));
      expect(nests.map((nest) => nest.frame).filter((frame) => frame >= 0)).toEqual(isOpen.flatMap((open, i) => (open ? [i] : [])));
      // Every flow can be followed along wires from the box that shows its start to the one that shows its end.
      const next = new Map<number, number[]>();
      for (let e = 0; e < edges.length; e += 2) next.set(edges[e] ?? 0, [...(next.get(edges[e] ?? 0) ?? []), edges[e + 1] ?? 0]);
      for (const { from, to } of structure.whole.flows) {
        const [start, end] = [from, to].map((call) => shownBy[structure.itemOfCall[call] ?? -1] ?? -1) as [number, number];
        const seen = new Set([start]);
        for (const at of seen) for (const one of next.get(at) ?? []) seen.add(one);
        expect(seen.has(end)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});
