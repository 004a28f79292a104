import type { Diagnostic, Report, ReportNode, Shape } from "../api";
import { joinPath } from "../document";

/** One call of a layer, ready to draw. */
export interface Box {
  readonly path: string;
  readonly nodeIndex: number;
  readonly name: string;
  readonly className: string;
  readonly family: Family;
  readonly shape: string;
  readonly parameters: string;
  readonly isUnknown: boolean;
  readonly mark: Mark | null;
}
export interface Mark {
  readonly kind: "error" | "warning" | "cause";
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

export const FAMILIES = [
  "input", "dense", "conv", "pool", "norm", "activation", "recurrent", "attention", "merge", "reshape", "regularise", "preprocess", "op", "custom",
] as const;
export type Family = (typeof FAMILIES)[number];

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
  const boxes = report.nodes.map((node) => boxOf(node, marks));
  return { boxes, edges: Int32Array.from(ends), labels, topology: `${boxes.length}:${ends.join()}` };
}

/** Keras's tuple: `(None, 14, 14, 128)`. */
export function shapeText(shape: Shape | null): string {
  if (shape === null) return "unknown";
  const sizes = shape.map((size) => (size === null ? "None" : String(size)));
  return sizes.length === 1 ? `(${sizes.join("")},)` : `(${sizes.join(", ")})`;
}

/** As wires carry it: `14×14×128`, the batch left out where it is None. */
export function wireText(shape: Shape | null): string {
  if (shape === null) return "unknown";
  const sizes = shape[0] === null ? shape.slice(1) : shape;
  return sizes.length === 0 ? "scalar" : sizes.map((size) => size ?? "None").join("×");
}

function boxOf(node: ReportNode, marks: ReadonlyMap<string, Mark>): Box {
  const { trainable, non_trainable: frozen } = node.params;
  const path = joinPath("", node.layer);
  return {
    path,
    nodeIndex: node.node_index,
    name: node.layer,
    className: node.class_name,
    family: familyOf(node.class_name),
    shape: node.outputs.length === 0 ? "unknown" : node.outputs.map((output) => shapeText(output.shape)).join(" "),
    parameters: trainable === null || frozen === null ? "unknown" : (trainable + frozen).toLocaleString("en"),
    isUnknown: node.outputs.length === 0 || node.outputs.some((output) => output.shape === null),
    mark: marks.get(path) ?? null,
  };
}

/** The tag of each layer: where it fails before where it comes from, errors before warnings. */
function marksOf(diagnostics: readonly Diagnostic[]): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  const rank = { cause: 0, warning: 1, error: 2 };
  const put = (path: string, mark: Mark): void => {
    const before = marks.get(path);
    if (!before || rank[mark.kind] > rank[before.kind]) marks.set(path, mark);
  };
  for (const { code, severity, layer, path, related } of diagnostics) {
    const outermost = path?.[0] ?? layer;
    if (outermost !== null && severity !== "info") put(joinPath("", outermost), { kind: severity, text: code });
    for (const place of severity === "error" ? related : []) {
      if (typeof place.layer === "string") put(joinPath("", place.layer), { kind: "cause", text: "cause" });
    }
  }
  return marks;
}

// Only a colour hangs on this, so a name's pattern is enough; what is not recognised is drawn as an operation.
const PATTERNS: readonly (readonly [RegExp, Family])[] = [
  [/^Input/, "input"],
  [/Attention/, "attention"],
  [/Conv/, "conv"],
  [/Pooling/, "pool"],
  [/LSTM|GRU|RNN|Bidirectional|TimeDistributed/, "recurrent"],
  [/^(Rescaling|Resizing|CenterCrop|Random|TextVectorization|StringLookup|IntegerLookup|Hashing|Discretization|CategoryEncoding|Normalization$)/, "preprocess"],
  [/Normalization$/, "norm"],
  [/Dropout|GaussianNoise|ActivityRegularization/, "regularise"],
  [/ReLU|Activation|Softmax|^ELU/, "activation"],
  [/^(Add|Subtract|Multiply|Average|Maximum|Minimum|Concatenate|Dot)$/, "merge"],
  [/Reshape|Flatten|Permute|Padding|Cropping|UpSampling|RepeatVector/, "reshape"],
  [/Dense|Embedding/, "dense"],
  [/>/, "custom"],
];

function familyOf(className: string): Family {
  return PATTERNS.find(([pattern]) => pattern.test(className))?.[1] ?? "op";
}
