import type { Flow, Item, Structure } from "./whole";

/** What is drawn of a structure: open items as frames about what lies in them, all else as boxes. */
export interface Projection {
  /** Item numbers, a frame before what lies in it. */
  readonly items: readonly number[];
  /** The box that each lies in, by its number here; -1: none. */
  readonly parents: Int32Array;
  readonly isOpen: readonly boolean[];
  /**
   * Pairs of box numbers, from and to, each pair once. Both lie in the same box, or one is the frame of the other: a
   * wire that crosses frames is a row of such pairs.
   */
  readonly edges: Int32Array;
  /** Of each edge the ports at its ends, by their places in the layer's calls; -1: the middle, where there is but one. */
  readonly ports: Int32Array;
  /** The first flow through each edge, and how many there are. */
  readonly flows: Int32Array;
  readonly counts: Int32Array;
  /** The box that shows each item: itself, or the closed one that it lies in. */
  readonly shownBy: Int32Array;
}

export function projectionOf(structure: Structure, opened: ReadonlySet<string>): Projection {
  const { items, roots, whole, itemOfCall } = structure;
  const shown: number[] = [];
  const parents: number[] = [];
  const isOpen: boolean[] = [];
  const shownBy = new Int32Array(items.length).fill(-1);
  const stack = roots.toReversed().map((item) => ({ item, parent: -1 }));
  for (let next = stack.pop(); next; next = stack.pop()) {
    const item = items[next.item];
    if (!item) continue;
    const box = shown.length;
    shownBy[next.item] = box;
    shown.push(next.item);
    parents.push(next.parent);
    const open = item.children.length > 0 && opened.has(item.id);
    isOpen.push(open);
    if (open) for (const child of item.children.toReversed()) stack.push({ item: child, parent: box });
    else hideInside(items, next.item, box, shownBy);
  }
  const depths = Int32Array.from(parents);
  parents.forEach((parent, box) => (depths[box] = parent < 0 ? 0 : (depths[parent] ?? 0) + 1));
  const edges: number[] = [];
  const flows: number[] = [];
  const counts: number[] = [];
  const ports: number[] = [];
  const most = whole.calls.reduce((high, { nodes }) => Math.max(high, nodes.length), 1);
  const numbers = new Map<number, number>();
  const add = (from: number, to: number, flow: number, out = -1, into = -1): void => {
    const key = ((from * shown.length + to) * (most + 1) + out + 1) * (most + 1) + into + 1;
    const before = numbers.get(key);
    // One tensor that goes in twice, as query and value, is one to the eye.
    if (before !== undefined) counts[before] = (counts[before] ?? 0) + (isSameTensor(whole.flows[flows[before] ?? -1], whole.flows[flow]) ? 0 : 1);
    else {
      numbers.set(key, flows.length);
      edges.push(from, to);
      ports.push(out, into);
      flows.push(flow);
      counts.push(1);
    }
  };
  const boxOf = (call: number): number => shownBy[itemOfCall[call] ?? -1] ?? -1;
  /** The port of a call at the box of its layer; what a closed group holds has none. */
  const portOf = (box: number, call: number, nodeIndex: number | undefined): number => {
    const nodes = whole.calls[call]?.nodes ?? [];
    return nodes.length < 2 || shown[box] !== itemOfCall[call] ? -1 : nodes.findIndex((node) => node.node_index === nodeIndex);
  };
  whole.flows.forEach(({ from, to, tensor, nodeIndex }, flow) => {
    let [start, end] = [boxOf(from), boxOf(to)];
    const [first, last] = [start, end];
    const [out, into] = [portOf(start, from, tensor?.[1]), portOf(end, to, nodeIndex)];
    if (start === end) {
      // A layer that takes what it gave: from one of its calls to another.
      if (out !== into) add(start, end, flow, out, into);
      return;
    }
    const outOf = (box: number): number => (box === first ? out : -1);
    const intoOf = (box: number): number => (box === last ? into : -1);
    // Out of the frames that only the one lies in, across, and into those that only the other lies in.
    const path: (readonly [number, number])[] = [];
    const climb = { start: (): void => { const up = parents[start] ?? -1; add(start, up, flow, outOf(start)); start = up; }, end: (): void => { const up = parents[end] ?? -1; path.push([up, end]); end = up; } };
    while ((depths[start] ?? 0) > (depths[end] ?? 0)) climb.start();
    while ((depths[end] ?? 0) > (depths[start] ?? 0)) climb.end();
    while (parents[start] !== parents[end]) { climb.start(); climb.end(); }
    if (start !== end) add(start, end, flow, outOf(start), intoOf(end));
    for (const [outer, inner] of path.toReversed()) add(outer, inner, flow, -1, intoOf(inner));
  });
  // What goes into an open nested model goes on to its inputs.
  whole.calls.forEach(({ inside }, call) => {
    const frame = boxOf(call);
    const level = whole.levels[inside];
    if (!level || !isOpen[frame] || shown[frame] !== itemOfCall[call]) return;
    for (const input of level.inputs) for (let box = boxOf(input); box !== frame && box >= 0; box = parents[box] ?? -1) add(parents[box] ?? -1, box, -1);
    for (const output of level.outputs) for (let box = boxOf(output); box !== frame && box >= 0; box = parents[box] ?? -1) add(box, parents[box] ?? -1, -1);
  });
  return { items: shown, parents: Int32Array.from(parents), isOpen, edges: Int32Array.from(edges), ports: Int32Array.from(ports), flows: Int32Array.from(flows), counts: Int32Array.from(counts), shownBy };
}

function isSameTensor(one: Flow | undefined, other: Flow | undefined): boolean {
  return one?.from === other?.from && one?.tensor?.[1] === other?.tensor?.[1] && one?.tensor?.[2] === other?.tensor?.[2];
}

function hideInside(items: readonly Item[], outer: number, box: number, shownBy: Int32Array): void {
  const stack = [...(items[outer]?.children ?? [])];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    shownBy[item] = box;
    stack.push(...(items[item]?.children ?? []));
  }
}

/** Boxes that lie in each frame, -1 for those in none, with the wires among them: what one layout is about. */
export interface Nest {
  readonly frame: number;
  readonly boxes: readonly number[];
  /** Pairs of places in `boxes`. */
  readonly edges: Int32Array;
}

export function nestsOf({ parents, edges, isOpen }: Projection): Nest[] {
  const nests = new Map<number, { boxes: number[]; edges: number[] }>([[-1, { boxes: [], edges: [] }]]);
  isOpen.forEach((open, box) => { if (open) nests.set(box, { boxes: [], edges: [] }); });
  const place = new Int32Array(parents.length);
  parents.forEach((parent, box) => {
    const nest = nests.get(parent);
    place[box] = nest?.boxes.length ?? 0;
    nest?.boxes.push(box);
  });
  for (let e = 0; e < edges.length; e += 2) {
    const [from, to] = [edges[e] ?? 0, edges[e + 1] ?? 0];
    // A wire from a box to itself moves nothing.
    if (from !== to && parents[from] === parents[to]) nests.get(parents[from] ?? -1)?.edges.push(place[from] ?? 0, place[to] ?? 0);
  }
  return [...nests].map(([frame, nest]) => ({ frame, boxes: nest.boxes, edges: Int32Array.from(nest.edges) }));
}
