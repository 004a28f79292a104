import type { Diagnostic, Report, ReportNode, Severity } from "./api";
import { joinPath, lastOf, parentOf, pathOfKey, tensorsOf, unescapeName, type Document } from "./document";
import { familyOf, type Family } from "./family";
import { isArray, isObject } from "./json";
import type { Part } from "./reading";

// What is known about each layer, found by its path: the report read once, and the rows of the Layers tree.

export interface Facts {
  readonly calls: ReadonlyMap<string, readonly ReportNode[]>;
  readonly problems: ReadonlyMap<string, readonly Diagnostic[]>;
}
export interface Row {
  readonly path: string;
  readonly name: string;
  readonly className: string;
  readonly family: Family;
  readonly depth: number;
  readonly hasChildren: boolean;
  readonly isOpen: boolean;
  /** Layers that are read as one thing; its `path` begins with a slash, which no layer's does. */
  readonly part: Part | null;
}

const known = new WeakMap<Report, Facts>();
const NO_FACTS: Facts = { calls: new Map(), problems: new Map() };

export function factsOf(report: Report | null): Facts {
  if (!report) return NO_FACTS;
  let facts = known.get(report);
  if (!facts) {
    facts = { calls: callsByPath(report), problems: problemsByPath(report.diagnostics) };
    known.set(report, facts);
  }
  return facts;
}

/** The path of the layer that a problem is at; null where it is about the file. */
export function pathOf(problem: Pick<Diagnostic, "path" | "layer">): string | null {
  const names = [...(problem.path ?? []), ...(problem.layer === null ? [] : [problem.layer])];
  return names.length === 0 ? null : names.reduce(pathOfKey, "");
}

export const SEVERITIES = ["error", "warning", "info"] as const;

/** Problems in the order in which they are walked through: the worst first, those of one code together. */
export function problemGroups(problems: readonly Diagnostic[]): { readonly code: string; readonly problems: readonly Diagnostic[] }[] {
  const groups = new Map<string, Diagnostic[]>();
  for (const severity of SEVERITIES) for (const problem of problems) if (problem.severity === severity) push(groups, problem.code, problem);
  return [...groups].map(([code, own]) => ({ code, problems: own }));
}

/** Errors and warnings; what is only worth knowing is no problem. */
export function problemCount(report: Report | null): number {
  return (report?.diagnostics.filter((problem) => problem.severity !== "info").length ?? 0) + (report?.more ?? 0);
}

export function worst(problems: readonly Diagnostic[] | undefined): Severity | null {
  for (const severity of SEVERITIES) {
    if (problems?.some((problem) => problem.severity === severity)) return severity;
  }
  return null;
}

/**
 * The tree's rows in order. `closed` models hide their layers, and so do `parts` that are not open; a search shows what
 * matches, with the models around it.
 */
export function rowsOf(document: Document, closed: ReadonlySet<string>, search: string, parts: readonly Part[] = [], opened: ReadonlySet<string> = new Set()): Row[] {
  const children = new Map<string, string[]>();
  const sources = new Map<string, string[]>();
  for (const [key, record] of document.records) {
    if (key.startsWith("layer/")) {
      const path = key.slice(6);
      push(children, parentOf(path), path);
    } else if (key.startsWith("call/")) {
      const path = parentOf(key.slice(5));
      for (const use of tensorsOf(record)) push(sources, path, joinPath(parentOf(path), use.layer));
    }
  }
  const wanted = search.trim().toLowerCase();
  const shown = wanted === "" ? null : matching(document, wanted);
  const rows: Row[] = [];
  const outermost = inOrder(document, "", children, sources);
  const stack: { path: string | Part; depth: number }[] = (shown ? outermost : inParts(outermost, parts, true)).reverse().map((path) => ({ path, depth: 0 }));
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { path, depth } = next;
    if (typeof path !== "string") {
      const isOpen = opened.has(path.id);
      rows.push({ path: `/${path.id}`, name: path.label, className: "", family: "op", depth, hasChildren: true, isOpen, part: path });
      if (isOpen) for (const member of inParts(outermost, path.members, false).reverse()) stack.push({ path: member, depth: depth + 1 });
      continue;
    }
    if (shown && !shown.has(path)) continue;
    const inside = inOrder(document, path, children, sources);
    const isOpen = inside.length > 0 && (shown !== null || !closed.has(path));
    const className = classOf(document, path);
    rows.push({ path, name: unescapeName(lastOf(path).replace(/~[2-9]\d*$/, "")), className, family: familyOf(className), depth, hasChildren: inside.length > 0, isOpen, part: null });
    if (isOpen) for (const child of inside.reverse()) stack.push({ path: child, depth: depth + 1 });
  }
  return rows;
}

/** Those of the layers that are members, in their order, each part where its first layer stands. Of the whole model, all are. */
function inParts(order: readonly string[], members: readonly (string | Part)[], isAll: boolean): (string | Part)[] {
  const owners = new Map<string, string | Part>();
  for (const member of members) for (const path of typeof member === "string" ? [member] : member.paths) owners.set(path, member);
  return [...new Set(order.flatMap((path) => owners.get(path) ?? (isAll ? [path] : [])))];
}

export function classOf(document: Document, path: string): string {
  const record = document.records.get(`layer/${path}`);
  return isObject(record) && typeof record.class_name === "string" ? record.class_name : "unknown";
}

function matching(document: Document, wanted: string): Set<string> {
  const shown = new Set<string>();
  for (const key of document.records.keys()) {
    if (!key.startsWith("layer/")) continue;
    let path = key.slice(6);
    if (!unescapeName(lastOf(path)).toLowerCase().includes(wanted) && !classOf(document, path).toLowerCase().includes(wanted)) continue;
    for (; path !== ""; path = parentOf(path)) shown.add(path);
  }
  return shown;
}

/** In the file's order, but no layer before what feeds it: one that was added stands where it works, not at the end. */
function inOrder(document: Document, parent: string, children: ReadonlyMap<string, readonly string[]>, sources: ReadonlyMap<string, readonly string[]>): string[] {
  const owner = document.records.get(parent === "" ? "model" : `layer/${parent}`);
  const order = isObject(owner) && isArray(owner.order) ? new Map(owner.order.map((name, i) => [name, i] as const)) : null;
  const place = (path: string): number => order?.get(lastOf(path)) ?? (order?.size ?? 0) + (document.order.get(path) ?? 0);
  const paths = [...(children.get(parent) ?? [])].sort((a, b) => place(a) - place(b));
  const siblings = new Set(paths);
  const [begun, placed] = [new Set<string>(), new Set<string>()];
  for (const first of paths) {
    const stack = [first];
    for (let path = stack.at(-1); path !== undefined; path = stack.at(-1)) {
      if (begun.has(path)) {
        stack.pop();
        placed.add(path);
        continue;
      }
      // What has begun is not put on the stack again, so a cycle ends where it began.
      begun.add(path);
      for (const source of (sources.get(path) ?? []).toReversed()) if (siblings.has(source) && !begun.has(source)) stack.push(source);
    }
  }
  return [...placed];
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function callsByPath(report: Report): Map<string, ReportNode[]> {
  const calls = new Map<string, ReportNode[]>();
  const stack: (readonly [string, readonly ReportNode[]])[] = [["", report.nodes]];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [parent, nodes] = next;
    for (const node of nodes) {
      const path = pathOfKey(parent, node.layer);
      const list = calls.get(path);
      if (list) list.push(node);
      else calls.set(path, [node]);
      if (node.body) stack.push([path, node.body.nodes]);
    }
  }
  return calls;
}

function problemsByPath(diagnostics: readonly Diagnostic[]): Map<string, Diagnostic[]> {
  const problems = new Map<string, Diagnostic[]>();
  for (const problem of diagnostics) {
    const path = pathOf(problem);
    if (path === null) continue;
    const list = problems.get(path);
    if (list) list.push(problem);
    else problems.set(path, [problem]);
  }
  return problems;
}
