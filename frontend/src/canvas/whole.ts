import type { Ref, Report, ReportNode } from "../api";
import { pathOfKey } from "../document";
import { isGroup, membersOf, withFrames, type Group, type GroupingInput, type Member } from "../grouping";
import type { Frame } from "../intents/frames";
import type { Sketch } from "../layout/sketch";
import type { Part, Unit } from "../reading";

/** One call of a layer, anywhere in the model; of a whole layer where calls are not told apart. */
export interface Call {
  readonly path: string;
  readonly name: string;
  readonly className: string;
  readonly nodeIndex: number;
  /** All calls that the box stands for; empty in a sketch. */
  readonly nodes: readonly ReportNode[];
  /** The level of a nested model's inside; -1: none. */
  readonly inside: number;
}
/** The calls of one model: the outermost, or the inside of a nested one. */
export interface Level {
  readonly first: number;
  readonly count: number;
  /** Calls that the model's inputs and outputs are. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}
/** A tensor on its way from one call to another, both of one level. */
export interface Flow {
  readonly from: number;
  readonly to: number;
  readonly tensor: Ref | null;
  /** The call that takes it, and where it goes in there: `args/0/1`. */
  readonly nodeIndex: number;
  readonly arg: string | null;
}
export interface Whole {
  readonly calls: readonly Call[];
  readonly levels: readonly Level[];
  readonly flows: readonly Flow[];
}

/** Every call of a report with what flows between them; nested models come after the level that they lie in. */
export function wholeOf(report: Report, unit: Unit = "calls"): Whole {
  const calls: Call[] = [];
  const levels: Level[] = [];
  const flows: Flow[] = [];
  const waiting: { readonly nodes: readonly ReportNode[]; readonly path: string; readonly inputs: readonly Ref[]; readonly outputs: readonly Ref[] }[] = [{ nodes: report.nodes, path: "", inputs: report.inputs, outputs: report.outputs }];
  for (const { nodes, path: parent, inputs, outputs } of waiting) {
    const first = calls.length;
    const numbers = new Map<string, number>();
    const numberOf = ([layer, nodeIndex]: Ref): number | undefined => numbers.get(unit === "calls" ? `${nodeIndex} ${layer}` : layer);
    for (const node of nodes) {
      const key = unit === "calls" ? `${node.node_index} ${node.layer}` : node.layer;
      const before = numbers.get(key);
      const path = pathOfKey(parent, node.layer);
      if (before !== undefined) {
        (calls[before]?.nodes as ReportNode[]).push(node);
        continue;
      }
      numbers.set(key, calls.length);
      const { body } = node;
      if (body) waiting.push({ nodes: body.nodes, path, inputs: body.inputs, outputs: body.outputs });
      calls.push({ path, name: node.layer, className: node.class_name, nodeIndex: node.node_index, nodes: [node], inside: body ? waiting.length - 1 : -1 });
    }
    for (const node of nodes) {
      const to = numberOf([node.layer, node.node_index, 0]);
      node.inbound.forEach((tensor, i) => {
        const from = numberOf(tensor);
        if (from !== undefined && to !== undefined) flows.push({ from, to, tensor, nodeIndex: node.node_index, arg: node.inbound_args[i] ?? null });
      });
    }
    const ends = (refs: readonly Ref[]): number[] => [...new Set(refs.flatMap((ref) => numberOf(ref) ?? []))];
    levels.push({ first, count: calls.length - first, inputs: ends(inputs), outputs: ends(outputs) });
  }
  return { calls, levels, flows };
}

export function wholeOfSketch({ names, classes, nodeIndices, edges }: Sketch): Whole {
  const calls = names.map((name, i): Call => ({ path: pathOfKey("", name), name, className: classes[i] ?? "", nodeIndex: nodeIndices[i] ?? 0, nodes: [], inside: -1 }));
  const flows = Array.from({ length: edges.length / 2 }, (_, e): Flow => ({ from: edges[2 * e] ?? 0, to: edges[2 * e + 1] ?? 0, tensor: null, nodeIndex: 0, arg: null }));
  return { calls, flows, levels: [{ first: 0, count: calls.length, inputs: [], outputs: [] }] };
}

/** The part of a whole that some layers make; what flows from or to others is left out. */
export function onlyOf(whole: Whole, paths: ReadonlySet<string>): Whole {
  const [outermost] = whole.levels;
  const kept = new Set<number>();
  // Whoever keeps a nested model keeps its inside.
  const isKept = (path: string): boolean => paths.has(path.split("/")[0] ?? path);
  whole.calls.forEach((call, i) => { if (isKept(call.path)) kept.add(i); });
  if (!outermost) return whole;
  const numbers = new Map([...kept].map((old, now) => [old, now] as const));
  const numberOf = (old: number): number => numbers.get(old) ?? -1;
  const levelNumbers = new Map<number, number>();
  const levels: Level[] = [];
  whole.levels.forEach(({ first, count, inputs, outputs }, l) => {
    const own = Array.from({ length: count }, (_, i) => first + i).filter((i) => kept.has(i));
    if (own.length === 0 && l > 0) return;
    levelNumbers.set(l, levels.length);
    const ends = (all: readonly number[]): number[] => all.map(numberOf).filter((i) => i >= 0);
    levels.push({ first: numberOf(own[0] ?? -1), count: own.length, inputs: ends(inputs), outputs: ends(outputs) });
  });
  return {
    calls: [...kept].map((i) => whole.calls[i]).filter((call) => call !== undefined).map((call) => ({ ...call, inside: levelNumbers.get(call.inside) ?? -1 })),
    levels,
    flows: whole.flows.filter(({ from, to }) => kept.has(from) && kept.has(to)).map((flow) => ({ ...flow, from: numberOf(flow.from), to: numberOf(flow.to) })),
  };
}

/** What can be a box: a call, or a group of them. */
export interface Item {
  readonly id: string;
  readonly label: string;
  readonly kind: "call" | Group["kind"];
  /** The item that it lies in; -1: none. */
  readonly parent: number;
  /** Its number among the calls; -1: a group. */
  readonly call: number;
  readonly children: readonly number[];
  /** How many layers lie in it, nested ones too; 1 of one that holds none. */
  readonly layers: number;
  /** The frame that it is, or is a level's part of. */
  readonly frame: Frame | null;
}
/** The whole as a tree of things that can be opened. */
export interface Structure {
  readonly whole: Whole;
  readonly items: readonly Item[];
  readonly roots: readonly number[];
  readonly itemOfCall: Int32Array;
}

/** `isGrouped` says of a level with so many layers, the outermost being 0, whether its layers are read in groups; `frames` are so always. */
export function structureOf(whole: Whole, isGrouped: (layers: number, level: number) => boolean, group: Grouper = (_, layers) => membersOf(layers), frames: ReadonlyMap<string, Frame> = new Map()): Structure {
  const items: (Item & { children: number[]; layers: number })[] = [];
  const itemOfCall = new Int32Array(whole.calls.length).fill(-1);
  const rooted: number[] = [];
  const owners = new Map<number, number>();
  whole.calls.forEach((call, i) => { if (call.inside >= 0) owners.set(call.inside, i); });
  const put = (item: Omit<Item, "children" | "layers">): number => {
    items.push({ ...item, children: [], layers: 0 });
    (item.parent < 0 ? rooted : (items[item.parent]?.children ?? rooted)).push(items.length - 1);
    return items.length - 1;
  };
  whole.levels.forEach((level, l) => {
    const owner = owners.get(l);
    const under = owner === undefined ? -1 : (itemOfCall[owner] ?? -1);
    const start = owner === undefined ? "" : `${whole.calls[owner]?.path ?? ""}/`;
    const layers = layersOf(whole, level);
    const found = isGrouped(layers.names.length, l) ? group(start, layers) : layers.names.map((_, i) => i);
    const members = withFrames(found, framesOn(whole, layers, frames));
    const add = (member: Member, parent: number): void => {
      if (isGroup(member)) {
        const own = put({ id: `${start}${member.id}`, label: member.label, kind: member.kind, parent, call: -1, frame: member.kind === "frame" ? (frames.get(member.id) ?? null) : null });
        for (const inner of member.members) add(inner, own);
        return;
      }
      for (const call of layers.calls[member] ?? []) {
        const { path, name, nodeIndex } = whole.calls[call] ?? { path: "", name: "", nodeIndex: 0 };
        itemOfCall[call] = put({ id: `call ${path} ${nodeIndex}`, label: name, kind: "call", parent, call, frame: null });
      }
    };
    for (const member of members) add(member, under);
  });
  for (let i = items.length - 1; i >= 0; i -= 1) {
    const item = items[i];
    if (!item) continue;
    item.layers = item.children.reduce((sum, child) => sum + (items[child]?.layers ?? 0), item.kind === "call" ? 1 : 0);
  }
  return { whole, items, roots: rooted, itemOfCall };
}

interface Layers extends GroupingInput {
  readonly calls: readonly (readonly number[])[];
}

/** The frames that have layers among those of a level. */
function framesOn({ calls }: Whole, layers: Layers, frames: ReadonlyMap<string, Frame>): Pick<Group, "id" | "label" | "layers">[] {
  if (frames.size === 0) return [];
  const numbers = new Map(layers.calls.map(([call = -1], layer) => [calls[call]?.path ?? "", layer]));
  return [...frames.values()].flatMap(({ id, name, paths }) => {
    const own = paths.flatMap((path) => numbers.get(path) ?? []);
    return own.length === 0 ? [] : [{ id, label: name, layers: own }];
  });
}

/** A level's layers, calls of one layer taken together: a group holds all calls of its layers. */
function layersOf({ calls, flows }: Whole, { first, count }: Level): Layers {
  const numbers = new Map<string, number>();
  const [names, classes]: [string[], string[]] = [[], []];
  const own: number[][] = [];
  for (let i = first; i < first + count; i += 1) {
    const call = calls[i];
    if (!call) continue;
    const before = numbers.get(call.path);
    if (before !== undefined) own[before]?.push(i);
    else {
      numbers.set(call.path, names.length);
      names.push(call.name);
      classes.push(call.className);
      own.push([i]);
    }
  }
  const layerOf = (call: number): number => numbers.get(calls[call]?.path ?? "") ?? 0;
  const edges = flows.flatMap(({ from, to }) => (from >= first && from < first + count && layerOf(from) !== layerOf(to) ? [layerOf(from), layerOf(to)] : []));
  return { names, classes, calls: own, edges };
}

export type Grouper = (level: string, layers: GroupingInput) => readonly Member[];

/** Groups hang on names, classes and wires only, and most edits change none of them: the last answer for a level is kept. */
export function createGrouper(): Grouper {
  const known = new Map<string, { readonly layers: GroupingInput; readonly members: readonly Member[] }>();
  const isSame = (one: ArrayLike<unknown>, other: ArrayLike<unknown>): boolean => one.length === other.length && Array.prototype.every.call(one, (value, i) => value === other[i]);
  return (level, layers) => {
    const before = known.get(level);
    if (before && isSame(before.layers.names, layers.names) && isSame(before.layers.classes, layers.classes) && isSame(before.layers.edges, layers.edges)) return before.members;
    const members = membersOf(layers);
    known.set(level, { layers, members });
    return members;
  };
}

/** The groups of the outermost level, for who lists them. */
export function partsOf({ items, roots, whole }: Structure): Part[] {
  const partOf = (item: Item): Part => {
    const members = item.children.flatMap((child) => {
      const inner = items[child];
      return inner === undefined ? [] : [inner.call < 0 ? partOf(inner) : (whole.calls[inner.call]?.path ?? "")];
    });
    const paths = members.flatMap((member) => (typeof member === "string" ? [member] : member.paths));
    return { id: item.id, label: item.label, times: item.kind === "repeat" ? item.children.length : 0, members, paths: [...new Set(paths)] };
  };
  return roots.flatMap((root) => {
    const item = items[root];
    return item && item.call < 0 ? [partOf(item)] : [];
  });
}

/** The groups and nested models that a call lies in, outermost first. */
export function around({ items, itemOfCall }: Structure, call: number): Item[] {
  const found: Item[] = [];
  for (let at = items[itemOfCall[call] ?? -1]?.parent ?? -1; at >= 0; at = items[at]?.parent ?? -1) {
    const item = items[at];
    if (item) found.unshift(item);
  }
  return found;
}
