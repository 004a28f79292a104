import type { Diagnostic, Ref, Report, ReportNode, Shape } from "../api";
import { pathOfKey } from "../document";
import { familyOf, type Family } from "../family";
import { countText, outputsText, shapeText, totalOf, wireText } from "../format";
import type { Sketch } from "../layout/sketch";
import { t } from "../words/words";

/** One call of a layer. */
export interface Box {
  readonly path: string;
  readonly nodeIndex: number;
  readonly name: string;
  readonly className: string;
  readonly family: Family;
  /** Whether a wire can end here. */
  readonly takesInput: boolean;
  readonly isUnknown: boolean;
  readonly mark: Mark | null;
  /** A fix that is looked at would make it so. */
  readonly isPreview: boolean;
}
/** What a box says beside its name and class. */
export interface BoxText {
  /** What comes in: its shapes, or the dtype of an input of the model. */
  readonly input: string;
  readonly shape: string;
  readonly hasInput: boolean;
  readonly parameters: string;
}
export interface Mark {
  readonly kind: "error" | "warning";
  readonly text: string;
}
export interface Scene {
  readonly boxes: readonly Box[];
  /** Pairs of box numbers, from and to. */
  readonly edges: Int32Array;
  /** Written when it is drawn: of thousands of boxes most are never seen so near. */
  readonly textOf: (box: number) => BoxText;
  /** What goes through an edge, the batch left out. */
  readonly labelOf: (edge: number) => string;
  /** Drawn from the file alone: there is no document yet that a hand could change. */
  readonly isSketch: boolean;
}

/** Whether two scenes need the same layout. */
export function isSameTopology(one: Scene, other: Scene): boolean {
  return one.boxes.length === other.boxes.length && one.edges.length === other.edges.length && one.edges.every((end, i) => end === other.edges[i]);
}

/** The graph of a report. `changed`: layers that a fix would make other. */
export function sceneOf(report: Report, changed?: ReadonlySet<string>): Scene {
  const { nodes } = report;
  const index = new Map(nodes.map((node, i) => [`${node.node_index} ${node.layer}`, i]));
  const sourceOf = ([layer, nodeIndex]: Ref): number | undefined => index.get(`${nodeIndex} ${layer}`);
  const shapeOf = (ref: Ref): Shape | null => nodes[sourceOf(ref) ?? -1]?.outputs[ref[2]]?.shape ?? null;
  const marks = marksOf(report.diagnostics);
  const ends: number[] = [];
  const tensors: Ref[] = [];
  nodes.forEach((node, to) => {
    for (const ref of node.inbound) {
      const from = sourceOf(ref);
      if (from === undefined) continue;
      ends.push(from, to);
      tensors.push(ref);
    }
  });
  const boxes = nodes.map((node): Box => {
    const path = pathOfKey("", node.layer);
    const isUnknown = node.outputs.length === 0 || node.outputs.some((output) => output.shape === null);
    return { ...boxOf(path, node.layer, node.class_name, node.node_index), takesInput: node.inbound.length > 0 || familyOf(node.class_name) !== "input", isUnknown, mark: marks.get(path) ?? null, isPreview: changed?.has(node.layer) ?? false };
  });
  return {
    boxes,
    edges: Int32Array.from(ends),
    textOf: kept((i: number) => textOf(nodes[i], shapeOf)),
    labelOf: kept((e: number) => wireText(tensors[e] ? shapeOf(tensors[e]) : null)),
    isSketch: false,
  };
}

/** What can be drawn while the service still reads the file. */
export function sceneOfSketch({ names, classes, nodeIndices, edges }: Sketch): Scene {
  const boxes = names.map((name, i) => boxOf(pathOfKey("", name), name, classes[i] ?? "", nodeIndices[i] ?? 0));
  return { boxes, edges, textOf: () => ({ input: "", shape: t("stage.not-checked"), hasInput: false, parameters: "" }), labelOf: () => "", isSketch: true };
}

function boxOf(path: string, name: string, className: string, nodeIndex: number): Box {
  const family = familyOf(className);
  return { path, nodeIndex, name, className, family, takesInput: family !== "input", isUnknown: false, mark: null, isPreview: false };
}

function textOf(node: ReportNode | undefined, shapeOf: (ref: Ref) => Shape | null): BoxText {
  const hasInput = (node?.inbound.length ?? 0) > 0;
  return {
    input: node && hasInput ? joined(node.inbound.map((ref) => shapeText(shapeOf(ref)))) : (node?.outputs[0]?.dtype ?? t("stage.nothing-connected")),
    shape: outputsText(node),
    hasInput,
    parameters: node ? countText(totalOf(node.params)) : "",
  };
}

function kept<T>(write: (i: number) => T): (i: number) => T {
  const written: T[] = [];
  return (i) => (written[i] ??= write(i));
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
