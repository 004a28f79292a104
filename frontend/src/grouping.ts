import { snakeCase } from "./intents/names";

// Which layers of a large model are read as one thing: layers whose names say so, then blocks that repeat.

export interface GroupingInput {
  readonly names: readonly string[];
  readonly classes: readonly string[];
  /** Pairs of layer numbers, from and to. */
  readonly edges: ArrayLike<number>;
}
export interface Group {
  /** The same for the same part of a model after an edit elsewhere. */
  readonly id: string;
  readonly label: string;
  /** `names`: layers that share a part of their names. `repeat`: alike parts in a row. `block`: one of them. `frame`: put together by a hand. */
  readonly kind: "names" | "repeat" | "block" | "frame";
  readonly members: readonly Member[];
  /** All layers in it, also those of groups inside. */
  readonly layers: readonly number[];
}
/** A layer, by its number, or a group. */
export type Member = number | Group;

// A squeeze-excite branch has five layers and is no block of its own; a block of DenseNet has seven.
const LEAST_LAYERS = 6;
// The longest block that is looked for among layers without telling names; one of InceptionV3's has 32 layers.
const LONGEST_BLOCK = 64;
// Two alike stages of several blocks each are two places in a model, not one thing.
const LEAST_TIMES = 3;
const MOST_REPAIRS = 50;
// Of the layers whose names end in 12 in NASNetLarge, half are those of `reduce_12`, a cell of its own.
const DIVIDED = 0.4;

/** The model's layers, those that belong together as groups. Taking a group for one box never closes a cycle. */
export function membersOf({ names, classes, edges }: GroupingInput): readonly Member[] {
  const graph = graphOf(names.length, edges);
  const isAutomatic = names.map((name, i) => isNameOfClass(name, classes[i] ?? ""));
  const [byStart, byEnd] = (["start", "end"] as const).map((side) => namedGroups(names, isAutomatic, graph, side)) as [Named, Named];
  return withRepeats(byEnd.covered > byStart.covered ? byEnd : byStart, names, classes, graph);
}

/**
 * The members with frames that a hand put about some layers, which share none. A frame lies in the group that all of its
 * layers lie in; of other groups that it cuts only their parts are left.
 */
export function withFrames(members: readonly Member[], frames: readonly Pick<Group, "id" | "label" | "layers">[]): readonly Member[] {
  return frames.reduce((now, frame) => framed(now, { ...frame, kind: "frame", members: [] }, new Set(frame.layers)), members);
}

function framed(members: readonly Member[], frame: Group, inside: ReadonlySet<number>): readonly Member[] {
  // Of alike parts in a row none is made of two: then there were fewer of them.
  const holds = (member: Member): member is Group => isGroup(member) && member.kind !== "frame" && countIn(member, inside) === inside.size && member.layers.length > inside.size && (member.kind !== "repeat" || member.members.some(holds));
  const outer = members.findIndex(holds);
  const around = members[outer];
  if (around !== undefined && isGroup(around)) return members.with(outer, { ...around, members: framed(around.members, frame, inside) });
  const parts = members.flatMap((member) => cutAt(member, inside));
  const isInside = (member: Member): boolean => countIn(member, inside) > 0;
  const first = parts.findIndex(isInside);
  const own: Group = { ...frame, members: parts.filter(isInside) };
  return parts.flatMap((member, i) => (i === first ? [own] : isInside(member) ? [] : [member]));
}

/** The parts of a member that lie in or out of a frame as a whole. */
function cutAt(member: Member, inside: ReadonlySet<number>): readonly Member[] {
  const count = countIn(member, inside);
  if (!isGroup(member) || count === 0 || (count === member.layers.length && count < inside.size)) return [member];
  return member.members.flatMap((part) => cutAt(part, inside));
}

function countIn(member: Member, inside: ReadonlySet<number>): number {
  return isGroup(member) ? member.layers.reduce((sum, layer) => sum + (inside.has(layer) ? 1 : 0), 0) : inside.has(member) ? 1 : 0;
}

export function isGroup(member: Member): member is Group {
  return typeof member !== "number";
}

/** Every group, outer ones first. */
export function* allGroups(members: readonly Member[]): Generator<Group> {
  for (const member of members) {
    if (!isGroup(member)) continue;
    yield member;
    yield* allGroups(member.members);
  }
}

interface LayerGraph {
  readonly count: number;
  readonly sources: readonly (readonly number[])[];
  readonly takers: readonly (readonly number[])[];
  /** Every layer after what feeds it, as far as there is no cycle; branches one after the other. */
  readonly order: readonly number[];
}

function graphOf(count: number, edges: ArrayLike<number>): LayerGraph {
  const [sources, takers] = [lists(count), lists(count)];
  for (let e = 0; e + 1 < edges.length; e += 2) {
    const [from, to] = [edges[e] ?? 0, edges[e + 1] ?? 0];
    sources[to]?.push(from);
    takers[from]?.push(to);
  }
  return { count, sources, takers, order: sourcesFirst(sources, takers) };
}

function lists(count: number): number[][] {
  return Array.from({ length: count }, () => []);
}

/** Depth first from the ends: what belongs to one branch stays together, however the file mixes branches. */
function sourcesFirst(sources: readonly (readonly number[])[], takers: readonly (readonly number[])[]): number[] {
  const order: number[] = [];
  const begun = new Uint8Array(sources.length);
  const placed = new Uint8Array(sources.length);
  const ends = takers.flatMap((own, i) => (own.length === 0 ? [i] : []));
  for (const end of [...ends, ...sources.keys()]) {
    const stack = [end];
    for (let i = stack.at(-1); i !== undefined; i = stack.at(-1)) {
      if (begun[i]) {
        stack.pop();
        if (!placed[i]) order.push(i);
        placed[i] = 1;
        continue;
      }
      begun[i] = 1;
      for (const source of (sources[i] ?? []).toReversed()) if (!begun[source]) stack.push(source);
    }
  }
  return order;
}

/** Whether Keras gave the name: it tells nothing about the place. */
function isNameOfClass(name: string, className: string): boolean {
  return name.replace(/_\d+$/, "") === snakeCase(className);
}

interface Named {
  /** The group of each layer; -1: none. */
  readonly groupOf: Int32Array;
  readonly labels: readonly string[];
  readonly covered: number;
}

/** Groups by the longest start (`conv2_block1`) or end (`stem_1`) of names that enough layers share. */
function namedGroups(names: readonly string[], isAutomatic: readonly boolean[], graph: LayerGraph, side: "start" | "end"): Named {
  const keys = affixKeys(names.map((name, i) => (isAutomatic[i] ? [] : affixesOf(name, side))));
  inherit(keys, isAutomatic, graph);
  const groupOf = connected(keys, graph);
  keepAcyclic(groupOf, graph);
  const labels: string[] = [];
  const members = membersByGroup(groupOf);
  for (const [group, layers] of members) {
    const key = keys[layers[0] ?? 0] ?? "";
    labels[group] = side === "end" && /^\d+$/.test(key) ? `${commonWord(layers.flatMap((i) => (isAutomatic[i] ? [] : [names[i] ?? ""])))}_${key}` : key;
  }
  return { groupOf, labels, covered: groupOf.reduce((sum, group) => sum + (group < 0 ? 0 : 1), 0) };
}

/**
 * The affix of each name that tells its part of the model: the shortest, unless longer ones divide what has it.
 *
 * `conv4_block1` … `conv4_block6` divide all of `conv4`; of `stem_2`, `left2_stem_2` and its like are a small part.
 */
function affixKeys(affixes: readonly (readonly string[])[]): (string | null)[] {
  const [counts, divided] = [new Map<string, number>(), new Map<string, number>()];
  for (const own of affixes) for (const affix of own) counts.set(affix, (counts.get(affix) ?? 0) + 1);
  const isLarge = (affix: string | undefined): affix is string => affix !== undefined && (counts.get(affix) ?? 0) >= LEAST_LAYERS;
  for (const own of affixes) own.forEach((affix, k) => { if (isLarge(own[k + 1])) divided.set(affix, (divided.get(affix) ?? 0) + 1); });
  return affixes.map((own) => {
    let k = 0;
    while (isLarge(own[k + 1]) && (divided.get(own[k] ?? "") ?? 0) >= DIVIDED * (counts.get(own[k] ?? "") ?? 0)) k += 1;
    const key = own[k];
    // What covers more than half of the model says nothing about its parts.
    return isLarge(key) && (counts.get(key) ?? 0) <= affixes.length / 2 ? key : null;
  });
}

/** `conv2`, `conv2_block1`, `conv2_block1_1` of `conv2_block1_1_conv`, or the same from its end; shortest first. */
function affixesOf(name: string, side: "start" | "end"): string[] {
  const found: string[] = [];
  for (const { index } of name.matchAll(/[_./-]/g)) {
    if (side === "start" && index > 0) found.push(name.slice(0, index));
    if (side === "end" && index < name.length - 1) found.unshift(name.slice(index + 1));
  }
  return found;
}

/** Layers that Keras named go with the first layer that takes their output. */
function inherit(keys: (string | null)[], isAutomatic: readonly boolean[], { order, takers }: LayerGraph): void {
  const place = new Int32Array(order.length);
  order.forEach((layer, i) => (place[layer] = i));
  for (const layer of order.toReversed()) {
    if (!isAutomatic[layer]) continue;
    const first = (takers[layer] ?? []).reduce((best, taker) => (best < 0 || (place[taker] ?? 0) < (place[best] ?? 0) ? taker : best), -1);
    keys[layer] = keys[first] ?? null;
  }
}

/** Numbers for the connected parts of each key that are large enough. */
function connected(keys: readonly (string | null)[], { sources, takers }: LayerGraph): Int32Array {
  const groupOf = new Int32Array(keys.length).fill(-1);
  const seen = new Uint8Array(keys.length);
  let next = 0;
  keys.forEach((key, start) => {
    if (key === null || seen[start]) return;
    seen[start] = 1;
    const part = [start];
    for (const layer of part) {
      for (const near of [...(sources[layer] ?? []), ...(takers[layer] ?? [])]) {
        if (seen[near] || keys[near] !== key) continue;
        seen[near] = 1;
        part.push(near);
      }
    }
    if (part.length < LEAST_LAYERS) return;
    for (const layer of part) groupOf[layer] = next;
    next += 1;
  });
  return groupOf;
}

/** Gives up groups until none of them both feeds and takes from another, by whatever way. */
function keepAcyclic(groupOf: Int32Array, graph: LayerGraph): void {
  for (let round = 0; ; round += 1) {
    const sizes = new Map<number, number>();
    for (const layer of cyclic(groupOf, graph)) {
      const group = groupOf[layer] ?? -1;
      if (group >= 0) sizes.set(group, (sizes.get(group) ?? 0) + 1);
    }
    if (sizes.size === 0) return;
    const largest = [...sizes].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
    groupOf.forEach((group, layer) => {
      if (round < MOST_REPAIRS ? group === largest : sizes.has(group)) groupOf[layer] = -1;
    });
  }
}

/** The layers of boxes that lie on a cycle, or between two, where each group is one box. */
function cyclic(groupOf: Int32Array, { count, sources, takers }: LayerGraph): number[] {
  const boxOf = (layer: number): number => ((groupOf[layer] ?? -1) < 0 ? layer : count + (groupOf[layer] ?? 0));
  const [into, out] = [new Map<number, Set<number>>(), new Map<number, Set<number>>()];
  for (let layer = 0; layer < count; layer += 1) {
    const box = boxOf(layer);
    if (!into.has(box)) into.set(box, new Set());
    if (!out.has(box)) out.set(box, new Set());
    for (const source of sources[layer] ?? []) if (boxOf(source) !== box) into.get(box)?.add(boxOf(source));
    for (const taker of takers[layer] ?? []) if (boxOf(taker) !== box) out.get(box)?.add(boxOf(taker));
  }
  const left = new Set(into.keys());
  for (const [before, after] of [[into, out], [out, into]] as const) {
    const waiting = new Map([...left].map((box) => [box, [...(before.get(box) ?? [])].filter((other) => left.has(other)).length] as const));
    const ready = [...left].filter((box) => waiting.get(box) === 0);
    for (const box of ready) {
      left.delete(box);
      for (const next of after.get(box) ?? []) {
        const rest = (waiting.get(next) ?? 0) - 1;
        waiting.set(next, rest);
        if (rest === 0) ready.push(next);
      }
    }
  }
  return Array.from({ length: count }, (_, layer) => layer).filter((layer) => left.has(boxOf(layer)));
}

function membersByGroup(groupOf: Int32Array): Map<number, number[]> {
  const members = new Map<number, number[]>();
  groupOf.forEach((group, layer) => {
    if (group < 0) return;
    const own = members.get(group);
    if (own) own.push(layer);
    else members.set(group, [layer]);
  });
  return members;
}

/** The word that most names have, each counted once. */
function commonWord(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) for (const word of new Set(name.split(/[_./-]/).filter((part) => /^\D+$/.test(part)))) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ["part", 0] as const)[0];
}

/** One thing in a row of things: a layer or a named group, with what makes it alike to another. */
interface Item {
  readonly member: Member;
  readonly label: string;
  readonly layers: readonly number[];
}

function withRepeats({ groupOf, labels }: Named, names: readonly string[], classes: readonly string[], graph: LayerGraph): Member[] {
  const layersOf = membersByGroup(groupOf);
  const boxes = new Map<number, number>();
  const items: Item[] = [];
  const itemOf = new Int32Array(graph.count);
  for (const layer of quotientOrder(groupOf, graph)) {
    const group = groupOf[layer] ?? -1;
    const layers = group < 0 ? [layer] : (layersOf.get(group) ?? []);
    const label = group < 0 ? (names[layer] ?? "") : (labels[group] ?? "");
    const member: Member = group < 0 ? layer : groupWith("names", label, layers, layers, names);
    for (const one of layers) itemOf[one] = items.length;
    boxes.set(layer, items.length);
    items.push({ member, label, layers });
  }
  const signs = items.map((item, i) => signOf(item, i, itemOf, groupOf, classes, graph));
  return joinRepeats(items, signs, names);
}

/** A layer of each box, every box after those that feed it. */
function quotientOrder(groupOf: Int32Array, graph: LayerGraph): number[] {
  const layersOf = membersByGroup(groupOf);
  const firstOf = (layer: number): number => ((groupOf[layer] ?? -1) < 0 ? layer : (layersOf.get(groupOf[layer] ?? -1)?.[0] ?? layer));
  const [sources, takers] = [lists(graph.count), lists(graph.count)];
  for (let layer = 0; layer < graph.count; layer += 1) {
    const to = firstOf(layer);
    for (const source of graph.sources[layer] ?? []) {
      const from = firstOf(source);
      if (from === to) continue;
      sources[to]?.push(from);
      takers[from]?.push(to);
    }
  }
  return sourcesFirst(sources, takers).filter((layer) => firstOf(layer) === layer);
}

/** What an item is made of and how far back its inputs lie: equal for blocks that are built alike. */
function signOf({ layers }: Item, place: number, itemOf: Int32Array, groupOf: Int32Array, classes: readonly string[], graph: LayerGraph): string {
  const inside = new Set(layers);
  const made = new Map<number, string>();
  const distances = new Set<number>();
  // Inside a group the file's order is no order of its own, so a layer is told by what feeds it.
  const told = new Map<string, number>();
  for (const layer of layers.length === 1 ? layers : graph.order.filter((one) => inside.has(one))) {
    const from = (graph.sources[layer] ?? []).map((source) => {
      if (inside.has(source)) return made.get(source) ?? "?";
      distances.add(place - (itemOf[source] ?? 0));
      return "x";
    });
    const text = `${classes[layer] ?? ""}(${from.join()})`;
    let number = told.get(text);
    if (number === undefined) told.set(text, (number = told.size));
    made.set(layer, String(number));
  }
  const back = [...distances].sort((a, b) => a - b).join();
  return `${[...told.keys()].sort().join(";")} ${layers.length} ${back} ${(groupOf[layers[0] ?? 0] ?? -1) < 0 ? "" : "named"}`;
}

function numbered(texts: readonly string[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(texts, (text) => {
    let number = numbers.get(text);
    if (number === undefined) numbers.set(text, (number = numbers.size));
    return number;
  });
}

/** Makes one group of alike blocks in a row: short blocks first, so that longer ones may be made of their groups. */
function joinRepeats(items: readonly Item[], signs: readonly string[], names: readonly string[]): Member[] {
  let [left, signed] = [items, signs];
  for (let length = 1; length <= Math.min(LONGEST_BLOCK, left.length >> 1); length += 1) {
    const numbers = numbered(signed);
    const alike = new Int32Array(left.length);
    for (let i = left.length - length - 1; i >= 0; i -= 1) alike[i] = numbers[i] === numbers[i + length] ? (alike[i + 1] ?? 0) + 1 : 0;
    const [joined, joinedSigns]: [Item[], string[]] = [[], []];
    for (let i = 0; i < left.length; ) {
      const times = Math.floor((alike[i] ?? 0) / length) + 1;
      const run = left.slice(i, i + times * length);
      const isRepeat = times >= (length === 1 ? 2 : LEAST_TIMES) && run.reduce((sum, item) => sum + item.layers.length, 0) >= LEAST_LAYERS;
      const item = isRepeat ? repeatOf(run, length, names) : left[i];
      if (!item) break;
      joined.push(item);
      joinedSigns.push(isRepeat ? `${times} × ${signed.slice(i, i + length).join()}` : (signed[i] ?? ""));
      i += isRepeat ? run.length : 1;
    }
    [left, signed] = [joined, joinedSigns];
  }
  return left.map((item) => item.member);
}

function repeatOf(run: readonly Item[], length: number, names: readonly string[]): Item {
  const blocks: Item[] = [];
  for (let i = 0; i < run.length; i += length) {
    const parts = run.slice(i, i + length);
    const layers = parts.flatMap((part) => part.layers);
    const [only] = parts;
    // A block is called by its last layer: in most files that is the one that somebody named.
    const label = parts.at(-1)?.label ?? "";
    blocks.push(length === 1 && only ? only : { label, layers, member: groupWith("block", label, parts.map((part) => part.member), layers, names) });
  }
  const label = rangeText(blocks[0]?.label ?? "", blocks.at(-1)?.label ?? "");
  const layers = blocks.flatMap((block) => block.layers);
  return { label, layers, member: groupWith("repeat", label, blocks.map((block) => block.member), layers, names) };
}

function groupWith(kind: Group["kind"], label: string, members: readonly Member[], layers: readonly number[], names: readonly string[]): Group {
  return { id: `${kind} ${names[layers[0] ?? 0] ?? ""}`, label, kind, members, layers };
}

/** `normal_0–5` of `normal_0` and `normal_5`. */
function rangeText(first: string, last: string): string {
  const stem = first.replace(/\d+$/, "");
  return stem !== "" && stem !== first && last.startsWith(stem) && /^\d+$/.test(last.slice(stem.length)) ? `${first}–${last.slice(stem.length)}` : `${first} – ${last}`;
}
