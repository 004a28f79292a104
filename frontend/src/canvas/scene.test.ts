import { expect, test } from "vitest";
import type { Diagnostic, Ref, Report, ReportNode, Shape } from "../api";
import { tierOf } from "./painter";
import { visibleBoxes } from "./placed";
import { blamedWires } from "./wires";
import { portAtX, portText, portX } from "./ports";
import { callText, isSameTopology, sceneOf, sceneOfSketch, sceneOfStructure, spokenOf } from "./scene";
import { structureOf, wholeOf } from "./whole";

const node = (layer: string, class_name: string, shape: Shape | null, inbound: Ref[] = [], more: Partial<ReportNode> = {}): ReportNode => ({
  layer, class_name, node_index: 0, inbound, inbound_args: [], outputs: [{ shape, dtype: "float32" }], params: { trainable: 1200, non_trainable: 34 }, cost: null, ...more,
});
const problem = (layer: string, code: string, severity: Diagnostic["severity"], path: string[] = []): Diagnostic => ({
  code, slug: "", severity, message: "", hint: null, pointer: "", line: null, column: null, member: null, layer, node_index: null, path, related: [], fixes: [],
});
const report = (nodes: ReportNode[], diagnostics: Diagnostic[] = []): Report => ({
  ok: true, name: "m", dialect: "keras3", keras_version: null, inputs: [], outputs: [], input_names: [], output_names: [], params: { trainable: 0, non_trainable: 0, total: 0, known: 0 }, cost: { weights_bytes: 0, activation_bytes: 0, peak_activation_bytes: 0, multiply_adds: 0 }, more: 0, nodes, diagnostics,
});

test("a box says class, what was said about it, what comes out, and its parameters", () => {
  const structure = structureOf(wholeOf(report([node("in", "InputLayer", [null, 8]), node("sum", "Add", [null, 8], [["in", 0, 0], ["in", 0, 0]]), node("lost", "Dense", null, [["sum", 0, 0]])])), () => false);
  const { boxes, edges, textOf, labelOf } = sceneOfStructure(structure, [], { configOf: (path) => (path === "lost" ? { units: 4, activation: "relu" } : null) });
  expect(boxes.map(({ name }, i) => [name, ...Object.values(textOf(i))])).toEqual([
    ["in", "float32", "(None, 8)", "1,234", "float32"],
    ["sum", "", "(None, 8)", "1,234", "float32"],
    ["lost", "4 units · relu", "unknown", "1,234", "float32"],
  ]);
  // A tensor that goes in twice is one wire.
  expect([...edges]).toEqual([0, 1, 1, 2]);
  expect([0, 1].map(labelOf)).toEqual(["8", "8"]);
  expect(labelOf(1)).toBe("8");
  expect([0, 1].map(sceneOfStructure(structure, [], { labels: "symbolic" }).labelOf)).toEqual(["N×8", "N×8"]);
  expect(sceneOfStructure(structure, [], { labels: "off" }).labelOf(0)).toBe("");
});

test("a large shape is written short where the count needs the room", () => {
  const { textOf } = sceneOf(report([node("c", "Conv2D", [null, 331, 331, 2048], [], { params: { trainable: 12_532_128, non_trainable: 0 } }), node("d", "Dense", [null, 31, 31, 2048], [], { params: { trainable: 384, non_trainable: 0 } })]));
  expect([0, 1].map((i) => textOf(i).shape)).toEqual(["331×331×2048", "(None, 31, 31, 2048)"]);
});

test("a screen reader hears class, name, output and problems", () => {
  const scene = sceneOf(report([node("conv1", "Conv2D", [null, 112, 112, 64])], [problem("conv1", "GC404", "error"), problem("conv1", "GC305", "warning")]));
  expect(spokenOf(scene, 0)).toBe("Conv2D conv1, output 112×112×64, 2 problems");
  expect(spokenOf(sceneOfSketch({ names: ["conv1"], classes: ["Conv2D"], nodeIndices: Int32Array.of(0), edges: new Int32Array() }), 0)).toBe("Conv2D conv1");
});

test("a shared layer has a box a call; a tensor of nowhere has no wire", () => {
  const { boxes, edges } = sceneOf(report([node("d", "Dense", [null, 8]), node("d", "Dense", [null, 8], [["d", 0, 0], ["gone", 0, 0]], { node_index: 1 })]));
  expect(boxes.map((box) => box.nodeIndex)).toEqual([0, 1]);
  expect([...edges]).toEqual([0, 1]);
});

test("a layer's box has a port a call, wires run between ports, back to its own next call too", () => {
  const nodes = [node("x", "InputLayer", [null, 8]), node("d", "Dense", [null, 8], [["x", 0, 0]]), node("d", "Dense", [null, 8], [["d", 0, 0]], { node_index: 1 }), node("end", "Add", [null, 8], [["d", 0, 0], ["d", 1, 0]])];
  const scene = sceneOfStructure(structureOf(wholeOf(report(nodes), "layers"), () => false), []);
  expect(scene.boxes.map(({ name, ports }) => [name, ...ports.map(({ nodeIndex, into, out }) => `${nodeIndex} ${into} ${out}`)])).toEqual([["x"], ["d", "0 8 8", "1 8 8"], ["end"]]);
  // x → d's first call → its second; both → end, two wires.
  expect([...scene.edges]).toEqual([0, 1, 1, 1, 1, 2, 1, 2]);
  expect([...scene.ports]).toEqual([-1, 0, 0, 1, 0, -1, 1, -1]);
  // The layout knows nothing of a wire from a box to itself.
  expect(scene.nests.map(({ edges }) => [...edges])).toEqual([[0, 1, 1, 2, 1, 2]]);
  const [, shared] = scene.boxes;
  expect(shared?.ports.map((port) => callText(shared, port))).toEqual(["d[0,0], 8 → 8", "d[1,0], 8 → 8"]);
  expect(sceneOf(report(nodes)).ports.every((port) => port === -1)).toBe(true);
});

test("a nested model that is called twice has its ports also where it is open; a closed group has none", () => {
  const body = { nodes: [node("in", "InputLayer", [null, 8]), node("d", "Dense", [null, 4], [["in", 0, 0]])], inputs: [["in", 0, 0]], outputs: [["d", 0, 0]] } as unknown as ReportNode["body"];
  const nodes = [node("a", "InputLayer", [null, 8]), node("b", "InputLayer", [null, 8]), node("tower", "Functional", [null, 4], [["a", 0, 0]], { body }), node("tower", "Functional", [null, 4], [["b", 0, 0]], { node_index: 1, body }), node("end", "Add", [null, 4], [["tower", 0, 0], ["tower", 1, 0]])];
  const structure = structureOf(wholeOf(report(nodes), "layers"), () => false);
  for (const opened of [new Set<string>(), new Set(["call tower 0"])]) {
    const { boxes, edges, ports } = sceneOfStructure(structure, [], { opened });
    const wires = Array.from({ length: edges.length / 2 }, (_, e) => [0, 1].map((end) => `${boxes[edges[2 * e + end] ?? 0]?.name} ${ports[2 * e + end]}`).join(" > "));
    expect(wires.filter((wire) => /^[ab] |^tower .*end/.test(wire))).toEqual(["a -1 > tower 0", "b -1 > tower 1", "tower 0 > end -1", "tower 1 > end -1"]);
  }
  const grouped = sceneOfStructure(structureOf(wholeOf(report(nodes), "layers"), () => true, () => [0, 1, { id: "g", label: "g", kind: "name", members: [2] } as never, 3]), []);
  expect([...grouped.ports].every((port) => port === -1)).toBe(true);
});

test("what a port says fits between its neighbours", () => {
  expect([portText(224, 2, 1, "26×26×16"), portText(224, 4, 1, "26×26×16"), portText(224, 12, 11, "8")]).toEqual(["1 · 26×26×16", "1", "11"]);
  // Of more calls than have room each second, fifth or tenth is numbered, and what is looked at says all of itself.
  const numbered = (count: number): string[] => Array.from({ length: count }, (_, k) => portText(224, count, k, "8")).filter((text) => text !== "");
  expect([numbered(14), numbered(30), numbered(64)].map((texts) => texts.join(" "))).toEqual(["0 2 4 6 8 10 12", "0 5 10 15 20 25", "0 10 20 30 40 50 60"]);
  expect(portText(224, 30, 11, "8", true)).toBe("11 · 8");
  expect([0, 1, 2].map((port) => portAtX(224, 3, portX(224, 3, port)))).toEqual([0, 1, 2]);
  expect(portX(224, 1, -1)).toBe(112);
});

test("a box carries its worst problem, also of what is inside it", () => {
  const { boxes } = sceneOf(report([node("encoder", "Functional", [null, 8]), node("ok", "Dense", [null, 8])], [problem("d", "GC305", "warning", ["encoder"]), problem("d", "GC404", "error", ["encoder"]), problem("ok", "GC999", "info")]));
  expect(boxes.map((box) => box.mark)).toEqual([{ kind: "error", text: "GC404", count: 2 }, null]);
});

test("text is drawn where it can be read and is not too much", () => {
  expect([tierOf(10, 1), tierOf(500, 0.5), tierOf(501, 1), tierOf(10, 0.49)]).toEqual(["middle", "middle", "far", "far"]);
});

test("only boxes that the window touches are visible", () => {
  const positions = Float32Array.from([0, 0, 1000, 0, 0, 1000]);
  const sizes = Float32Array.from([224, 72, 224, 72, 224, 72]);
  expect(visibleBoxes({ positions, sizes, camera: { x: -10, y: -10, scale: 1 }, width: 400, height: 400 })).toEqual([0]);
  expect(visibleBoxes({ positions, sizes, camera: { x: -10, y: -10, scale: 0.25 }, width: 400, height: 400 })).toEqual([0, 1, 2]);
});

test("a sketch needs the layout of the report that follows it", () => {
  const known = sceneOf(report([node("in", "InputLayer", [null, 8]), node("d", "Dense", [null, 8], [["in", 0, 0]])]));
  const sketch = sceneOfSketch({ names: ["in", "d"], classes: ["InputLayer", "Dense"], nodeIndices: Int32Array.of(0, 0), edges: Int32Array.of(0, 1) });
  expect(isSameTopology(sketch, known)).toBe(true);
  expect(isSameTopology(sceneOfSketch({ names: ["in", "d"], classes: ["", ""], nodeIndices: Int32Array.of(0, 0), edges: Int32Array.of(1, 0) }), known)).toBe(false);
  expect(sketch.boxes.map(({ path, family, takesInput }) => [path, family, takesInput])).toEqual([["in", "input", false], ["d", "dense", true]]);
});

test("the wires of a problem run from what it comes from to where it shows", () => {
  const scene = sceneOf(report([node("x", "InputLayer", [null, 8]), node("a", "Dense", [null, 8], [["x", 0, 0]]), node("b", "Dense", [null, 8], [["a", 0, 0]]), node("c", "Dense", [null, 8], [["b", 0, 0]])]));
  expect(blamedWires(scene, new Set(["a", "b"])).map((e) => [scene.edges[2 * e], scene.edges[2 * e + 1]])).toEqual([[1, 2]]);
  expect(blamedWires(scene, new Set(["c"]))).toEqual([]);
});
