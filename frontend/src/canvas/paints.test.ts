import { expect, test } from "vitest";
import type { Masking, Report, ReportNode } from "../api";
import { paintOf } from "./paints";
import { sceneOf } from "./scene";

const node = (layer: string, from: string | null, masking: Masking | null, mask: boolean): ReportNode => ({
  layer, class_name: "Dense", node_index: 0, inbound: from === null ? [] : [[from, 0, 0]], inbound_args: from === null ? [] : ["args/0"],
  outputs: [{ shape: [null, 4], dtype: "float32", ...(mask ? { mask: [null, 4] } : {}) }], ...(masking ? { masking } : {}), params: { trainable: 0, non_trainable: 0 }, cost: null,
});

test("boxes say what they do with masks, and the wires that carry one are told apart", () => {
  const nodes = [node("x", null, null, false), node("words", "x", "makes", true), node("drop", "words", "passes", true), node("last", "drop", "consumes", false), node("out", "last", null, false), node("flat", "drop", "drops", false)];
  const scene = sceneOf({ nodes, diagnostics: [], inputs: [], outputs: [] } as unknown as Report);
  const { tokens, wires } = paintOf(scene, "masks");
  const [none, makes, passes, consumes, last, drops] = tokens;
  expect(new Set([none, makes, passes, consumes, drops]).size).toBe(5);
  expect(last).toBe(none);
  const carried = [...(wires ?? [])].map((e) => [scene.edges[2 * e], scene.edges[2 * e + 1]].map((i) => scene.boxes[i ?? -1]?.name));
  expect(carried).toEqual([["words", "drop"], ["drop", "last"], ["drop", "flat"]]);
  expect(paintOf(scene, "kind").wires).toBeUndefined();
});
