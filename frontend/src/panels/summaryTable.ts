import type { Report, ReportNode } from "../api";
import { pathOfKey } from "../document";
import { outputsText, sumOf, totalOf } from "../format";

/** One line of `model.summary()`: a layer with all of its calls. */
export interface SummaryRow {
  readonly path: string;
  readonly name: string;
  readonly className: string;
  readonly shape: string;
  readonly parameters: number | null;
  /** Bytes that the calls give for one sample. */
  readonly activations: number | null;
  readonly multiplyAdds: number | null;
  readonly connected: string;
  readonly depth: number;
}

/** Rows in the report's order, the layers of a nested model below it; a shared layer has one row. */
export function summaryOf(report: Report): SummaryRow[] {
  const rows: SummaryRow[] = [];
  const stack = grouped("", 0, report.nodes).reverse();
  for (let group = stack.pop(); group; group = stack.pop()) {
    const { path, depth, calls } = group;
    const [first] = calls;
    // Keras lists what is in the model.
    if (!first || first.isLoose) continue;
    rows.push({
      path,
      name: first.layer,
      className: first.class_name,
      shape: [...new Set(calls.map(outputsText))].join(" · "),
      parameters: totalOf(first.params),
      activations: sumOf(calls.map((call) => call.cost?.activation_bytes ?? null)),
      multiplyAdds: sumOf(calls.map((call) => call.cost?.multiply_adds ?? null)),
      connected: calls.flatMap((call) => call.inbound.map(([layer, node, tensor]) => `${layer}[${node}][${tensor}]`)).join(", ") || "-",
      depth,
    });
    if (first.body) stack.push(...grouped(path, depth + 1, first.body.nodes).reverse());
  }
  return rows;
}

export type SortColumn = "layer" | "shape" | "params" | "activations" | "multiply-adds";
export interface Sorting {
  readonly column: SortColumn;
  readonly isDescending: boolean;
}

/** The rows that a filter leaves, in the order of a column; nested layers stand by themselves then. */
export function arranged(rows: readonly SummaryRow[], kept: ReadonlySet<string> | null, sorting: Sorting | null): readonly SummaryRow[] {
  const left = kept ? rows.filter((row) => kept.has(row.path)) : rows;
  if (!sorting) return kept ? left.map((row) => ({ ...row, depth: 0 })) : left;
  const { column, isDescending } = sorting;
  const order = isDescending ? -1 : 1;
  return left.map((row) => ({ ...row, depth: 0 })).sort((a, b) => {
    const [one, other] = [KEYS[column](a), KEYS[column](b)];
    // What is not known comes last, however the rest is ordered.
    if (one === null || other === null) return (one === null ? 1 : 0) - (other === null ? 1 : 0);
    return order * (typeof one === "string" ? one.localeCompare(String(other), "en", { numeric: true }) : one - Number(other));
  });
}

const KEYS: Readonly<Record<SortColumn, (row: SummaryRow) => string | number | null>> = {
  layer: (row) => row.name,
  shape: (row) => row.shape,
  params: (row) => row.parameters,
  activations: (row) => row.activations,
  "multiply-adds": (row) => row.multiplyAdds,
};

interface Group {
  readonly path: string;
  readonly depth: number;
  readonly calls: ReportNode[];
}

function grouped(parent: string, depth: number, nodes: readonly ReportNode[]): Group[] {
  const groups = new Map<string, Group>();
  for (const node of nodes) {
    const path = pathOfKey(parent, node.layer);
    const group = groups.get(path);
    if (group) group.calls.push(node);
    else groups.set(path, { path, depth, calls: [node] });
  }
  return [...groups.values()];
}
