import type { Diagnostic, Ref, Report, ReportNode } from "../api";
import { pathOfKey } from "../document";
import { familyOf, type Family } from "../family";
import { countText, outputsText, shapeText, totalOf, wireText } from "../format";

/** One call of a layer, ready to draw. */
export interface Box {
  readonly path: string;
  readonly nodeIndex: number;
  readonly name: string;
  readonly className: string;
  readonly family: Family;
  /** What comes in: its shapes, or the dtype of an input of the model. */
  readonly input: string;
  readonly shape: string;
  readonly hasInput: boolean;
  /** Whether a wire can end here. */
  readonly takesInput: boolean;
  readonly parameters: string;
  readonly isUnknown: boolean;
  readonly mark: Mark | null;
}
export interface Mark {
  readonly kind: "error" | "warning";
  readonly text: string;
}
export interface Scene {
  readonly boxes: readonly Box[];
  /** Pairs of box numbers, from and to. */
  readonly edges: Int32Array;
  /** What goes through each edge, the batch left out. */
  readonly labels: readonly string[];
  /** Equal for scenes that need the same layout. */
  readonly topology: string;
}

export function sceneOf(report: Report): Scene {
  const index = new Map(report.nodes.map((node, i) => [`${node.node_index} ${node.layer}`, i]));
  const marks = marksOf(report.diagnostics);
  const ends: number[] = [];
  const labels: string[] = [];
  report.nodes.forEach((node, to) => {
    for (const [layer, nodeIndex, tensorIndex] of node.inbound) {
      const from = index.get(`${nodeIndex} ${layer}`);
      if (from === undefined) continue;
      ends.push(from, to);
      labels.push(wireText(report.nodes[from]?.outputs[tensorIndex]?.shape ?? null));
    }
  });
  const shapeOf = ([layer, nodeIndex, tensorIndex]: Ref): string => shapeText(report.nodes[index.get(`${nodeIndex} ${layer}`) ?? -1]?.outputs[tensorIndex]?.shape ?? null);
  const boxes = report.nodes.map((node) => boxOf(node, marks, shapeOf));
  return { boxes, edges: Int32Array.from(ends), labels, topology: `${boxes.length}:${ends.join()}` };
}

function boxOf(node: ReportNode, marks: ReadonlyMap<string, Mark>, shapeOf: (ref: Ref) => string): Box {
  const path = pathOfKey("", node.layer);
  const hasInput = node.inbound.length > 0;
  const family = familyOf(node.class_name);
  return {
    path,
    nodeIndex: node.node_index,
    name: node.layer,
    className: node.class_name,
    family,
    input: hasInput ? joined(node.inbound.map(shapeOf)) : (node.outputs[0]?.dtype ?? "nothing connected"),
    shape: outputsText(node),
    hasInput,
    takesInput: hasInput || family !== "input",
    parameters: countText(totalOf(node.params)),
    isUnknown: node.outputs.length === 0 || node.outputs.some((output) => output.shape === null),
    mark: marks.get(path) ?? null,
  };
}

/** Several inputs of one shape are counted: `2 × (None, 8)`. */
function joined(shapes: readonly string[]): string {
  const [first = ""] = shapes;
  return shapes.length > 1 && shapes.every((shape) => shape === first) ? `${shapes.length} × ${first}` : shapes.join(", ");
}

/** The tag of each layer: the code of its worst problem. */
function marksOf(diagnostics: readonly Diagnostic[]): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const { code, severity, layer, path } of diagnostics) {
    const outermost = path?.[0] ?? layer;
    if (outermost === null || severity === "info") continue;
    const key = pathOfKey("", outermost);
    const before = marks.get(key);
    if (!before || (before.kind === "warning" && severity === "error")) marks.set(key, { kind: severity, text: code });
  }
  return marks;
}
