import type { Ref, Report, ReportNode, TensorSpec } from "./api";
import { callKeys, keyOfPath, lastOf, parentOf, pathOfKey, tensorsOf, unescapeName, type Document } from "./document";
import { offLayers, type Off } from "./intents/off";
import { isObject, type Json } from "./json";

// A hand must see and reach every layer of the document, and a report has the calls of those that work only. The others are
// put back into it. What is left out for now comes as calls without cost, wired as the document says; what passes a bypassed
// layer keeps its shape. What nobody calls comes as a call that takes nothing and gives nothing, the place for a wire.

/** The report with what is left out of the model or not in it yet; the same one where nothing is. */
export function withGhosts(report: Report, document: Document): Report {
  const off = offLayers(document);
  const whole = off.size === 0 ? report : { ...report, nodes: ghosted(report.nodes, "", document, off) };
  return withLoose(whole, document);
}

function withLoose(report: Report, document: Document): Report {
  const known = new Set<string>();
  const models = new Set([""]);
  const stack: (readonly [string, readonly ReportNode[]])[] = [["", report.nodes]];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [parent, nodes] = next;
    for (const node of nodes) {
      const path = pathOfKey(parent, node.layer);
      known.add(path);
      if (!node.body) continue;
      models.add(path);
      stack.push([path, node.body.nodes]);
    }
  }
  const loose = new Map<string, ReportNode[]>();
  for (const [key, record] of document.records) {
    const path = key.startsWith("layer/") ? key.slice(6) : null;
    if (path === null || known.has(path) || !models.has(parentOf(path))) continue;
    const level = loose.get(parentOf(path));
    if (level) level.push(looseNode(path, record));
    else loose.set(parentOf(path), [looseNode(path, record)]);
  }
  if (loose.size === 0) return report;
  const added = (nodes: readonly ReportNode[], parent: string): readonly ReportNode[] => [
    ...nodes.map((node) => (node.body ? { ...node, body: { ...node.body, nodes: added(node.body.nodes, pathOfKey(parent, node.layer)) } } : node)),
    ...(loose.get(parent) ?? []),
  ];
  return { ...report, nodes: added(report.nodes, "") };
}

function looseNode(path: string, record: Json): ReportNode {
  const className = isObject(record) && typeof record.class_name === "string" ? record.class_name : "";
  return { layer: keyOfPath(path), class_name: className, node_index: 0, inbound: [], inbound_args: [], outputs: [], params: { trainable: null, non_trainable: null }, cost: null, isLoose: true };
}

function ghosted(nodes: readonly ReportNode[], parent: string, document: Document, off: ReadonlyMap<string, Off>): readonly ReportNode[] {
  const own = [...off].filter(([path]) => parentOf(path) === parent);
  const away = new Set(own.map(([path]) => unescapeName(lastOf(path))));
  const shown = nodes.map((node): ReportNode => {
    const path = pathOfKey(parent, node.layer);
    const body = node.body ? { ...node.body, nodes: ghosted(node.body.nodes, path, document, off) } : node.body;
    const uses = tensorsOf(document.records.get(`call/${path}/${node.node_index}`) ?? null);
    const rewired = uses.some((use) => away.has(use.layer)) ? { inbound: uses.map((use): Ref => [use.layer, use.nodeIndex, use.tensorIndex]), inbound_args: uses.map((use) => use.arg) } : {};
    return { ...node, ...rewired, ...(body === undefined ? {} : { body }) };
  });
  const known = new Map(shown.map((node) => [`${node.node_index} ${node.layer}`, node]));
  let waiting = own.flatMap(([path, how]) => callKeys(document, path).map((key, nodeIndex) => ({ path, how, key, nodeIndex })));
  // One that takes from another waits for it; what takes from itself in a circle comes as it is.
  while (waiting.length > 0) {
    const isReady = ({ key }: { readonly key: string }): boolean => tensorsOf(document.records.get(key) ?? null).every((use) => known.has(`${use.nodeIndex} ${use.layer}`) || !away.has(use.layer));
    const ready = waiting.filter(isReady);
    const now = ready.length > 0 ? ready : waiting;
    for (const { path, how, key, nodeIndex } of now) {
      const node = ghost(document, path, how, nodeIndex, key, (ref) => known.get(`${ref[1]} ${ref[0]}`)?.outputs[ref[2]]);
      known.set(`${nodeIndex} ${node.layer}`, node);
      const sources = new Set(node.inbound.map((ref) => `${ref[1]} ${ref[0]}`));
      const after = shown.findLastIndex((one) => sources.has(`${one.node_index} ${one.layer}`));
      shown.splice(after + 1, 0, node);
    }
    waiting = waiting.filter((one) => !now.includes(one));
  }
  return shown;
}

function ghost(document: Document, path: string, how: Off, nodeIndex: number, key: string, specOf: (ref: Ref) => TensorSpec | undefined): ReportNode {
  const record = document.records.get(`layer/${path}`);
  const uses = tensorsOf(document.records.get(key) ?? null);
  const inbound = uses.map((use): Ref => [use.layer, use.nodeIndex, use.tensorIndex]);
  const passed = how === "bypass" && inbound[0] ? specOf(inbound[0]) : undefined;
  return {
    layer: unescapeName(lastOf(path)),
    class_name: isObject(record) && typeof record.class_name === "string" ? record.class_name : "",
    node_index: nodeIndex,
    inbound,
    inbound_args: uses.map((use) => use.arg),
    outputs: passed ? [passed] : [],
    params: { trainable: 0, non_trainable: 0 },
    cost: null,
    off: how,
  };
}
