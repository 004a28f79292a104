import type { Diagnostic, Ref, Report, ReportNode, Shape, TensorSpec } from "../api";
import { pathOfKey } from "../document";
import type { Source, Use } from "../intents/wires";
import { familyOf, type Family } from "../family";
import { countText, outputsText, sumOf, symbolicText, totalOf, wireText } from "../format";
import type { Frame } from "../intents/frames";
import type { JsonObject } from "../json";
import type { Sketch } from "../layout/sketch";
import type { Labels } from "../reading";
import { addressText } from "../tensors";
import { t } from "../words/words";
import { argumentsText } from "./argumentsText";
import { nestsOf, projectionOf, type Nest } from "./projection";
import { structureOf, wholeOf, wholeOfSketch, type Item, type Structure, type Whole } from "./whole";

/** A layer's call, or several layers that are read as one thing. */
export interface Box {
  /** The item's id: it opens and closes by it. */
  readonly id: string;
  readonly kind: Item["kind"];
  /** Of the layer; of a group, of its first one. */
  readonly path: string;
  /** Outermost paths of all layers that it stands for. */
  readonly paths: readonly string[];
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
  /** Left out of the model for now. */
  readonly isOff: boolean;
  /** Nobody calls it yet. */
  readonly isLoose: boolean;
  /** Layers inside; 0 of one that holds none. */
  readonly layers: number;
  /** Of alike parts in a row: how many. */
  readonly times: number;
  readonly isOpen: boolean;
  /** The frame of a hand that it is. */
  readonly frame: Frame | null;
  /** The open box that it lies in, by its number; -1: none. */
  readonly parent: number;
  /** The calls that it stands for, by their numbers in the whole. */
  readonly calls: readonly number[];
  /** The calls of its layer, where there are several: each has a port of its own. */
  readonly ports: readonly CallPort[];
}
/** One of several calls of the layer that a box stands for. */
export interface CallPort {
  readonly nodeIndex: number;
  /** The shapes that go in and come out, as wires have them; empty where wires say nothing. */
  readonly into: string;
  readonly out: string;
  readonly dtype: string | null;
}
/** What a box says beside its name and class. */
export interface BoxText {
  /** What somebody said about it: arguments; of a group, how many layers it holds. */
  readonly said: string;
  readonly shape: string;
  readonly parameters: string;
  /** Of what comes out: a port's form. */
  readonly dtype: string | null;
}
export interface Mark {
  readonly kind: "error" | "warning";
  readonly text: string;
  readonly count: number;
}
export interface Scene {
  readonly structure: Structure;
  readonly boxes: readonly Box[];
  /** Pairs of box numbers, from and to; both lie in one frame, or one is the other's frame. */
  readonly edges: Int32Array;
  /** Of each edge the ports at its ends; -1: the middle. */
  readonly ports: Int32Array;
  readonly nests: readonly Nest[];
  /** The box that shows each call: its own, or the closed one that it lies in. */
  readonly shownBy: (call: number) => number;
  /** Written when it is drawn: of thousands of boxes most are never seen so near. */
  readonly textOf: (box: number) => BoxText;
  /** What goes through an edge. */
  readonly labelOf: (edge: number) => string;
  /** The tensor that goes through an edge, where it is one and its layer is known. */
  readonly specOf: (edge: number) => TensorSpec | null;
  /** Where an edge comes from and goes in, where it is one tensor. */
  readonly wireOf: (edge: number) => Wire | null;
  /** Drawn from the file alone: there is no document yet that a hand could change. */
  readonly isSketch: boolean;
}
export interface Wire {
  readonly from: Source;
  readonly to: Use;
}
export interface SceneOptions {
  /** Groups that are open. */
  readonly opened?: ReadonlySet<string>;
  /** Paths of layers that a fix would make other, or that another save has otherwise. */
  readonly changed?: ReadonlySet<string> | undefined;
  readonly configOf?: (path: string) => JsonObject | null;
  readonly labels?: Labels;
}

/** Whether two scenes need the same layout. */
export function isSameTopology(one: Scene, other: Scene): boolean {
  return one.nests.length === other.nests.length && one.nests.every((nest, k) => isSameNest(nest, other.nests[k]));
}

export function isSameNest(one: Nest, other: Nest | undefined): boolean {
  return other?.frame === one.frame && one.boxes.length === other.boxes.length && one.edges.length === other.edges.length && one.edges.every((end, i) => end === other.edges[i]);
}

/** The graph of a report, each layer by itself. */
export function sceneOf(report: Report, changed?: ReadonlySet<string>): Scene {
  return sceneOfStructure(structureOf(wholeOf(report), () => false), report.diagnostics, { changed });
}

/** What can be drawn while the service still reads the file. */
export function sceneOfSketch(sketch: Sketch): Scene {
  return sceneOfStructure(structureOf(wholeOfSketch(sketch), () => false), null);
}

/** Boxes and wires of a structure. `diagnostics` is null for what nobody has checked yet. */
export function sceneOfStructure(structure: Structure, diagnostics: readonly Diagnostic[] | null, options: SceneOptions = {}): Scene {
  const { opened = new Set<string>(), changed, configOf = () => null, labels = "shapes" } = options;
  const { whole, items } = structure;
  const projection = projectionOf(structure, opened);
  const shapes = shapesOf(whole);
  const portsOf = callPorts(whole, shapes, diagnostics === null ? "off" : labels);
  const problems = problemsOf(diagnostics ?? []);
  const boxes = projection.items.map((number, i) => boxOf(structure, number, { isOpen: projection.isOpen[i] ?? false, parent: projection.parents[i] ?? -1, problems, changed, isSketch: diagnostics === null, ports: portsOf(items[number]?.call ?? -1) }));
  const specOf = (e: number): TensorSpec | null => {
    const tensor = whole.flows[projection.flows[e] ?? -1]?.tensor;
    return tensor ? (shapes(whole.flows[projection.flows[e] ?? -1]?.from ?? -1, tensor) ?? null) : null;
  };
  return {
    structure,
    boxes,
    edges: projection.edges,
    ports: projection.ports,
    nests: nestsOf(projection),
    shownBy: (call) => projection.shownBy[structure.itemOfCall[call] ?? -1] ?? -1,
    textOf: kept((i: number) => textOf(structure, items[projection.items[i] ?? -1], boxes[i], configOf, diagnostics === null)),
    specOf,
    labelOf: kept((e: number) => {
      if (labels === "off" || diagnostics === null || (projection.flows[e] ?? -1) < 0) return "";
      const count = projection.counts[e] ?? 1;
      if (count > 1) return t("reading.tensors", { n: count });
      return labelText(specOf(e)?.shape ?? null, labels);
    }),
    wireOf: (e) => {
      const flow = whole.flows[projection.flows[e] ?? -1];
      const [from, to] = [whole.calls[flow?.from ?? -1], whole.calls[flow?.to ?? -1]];
      if (!flow?.tensor || flow.arg === null || !from || !to || (projection.counts[e] ?? 1) > 1) return null;
      return { from: { path: from.path, nodeIndex: flow.tensor[1], tensorIndex: flow.tensor[2] }, to: { path: to.path, nodeIndex: flow.nodeIndex, arg: flow.arg } };
    },
    isSketch: diagnostics === null,
  };
}

function shapesOf({ calls }: Whole): (call: number, tensor: Ref) => TensorSpec | undefined {
  return (call, [, nodeIndex, tensorIndex]) => calls[call]?.nodes.find((node) => node.node_index === nodeIndex)?.outputs[tensorIndex];
}

const NO_PORTS: readonly CallPort[] = [];

/** The ports of a call's box, where it stands for several calls. */
function callPorts({ calls, flows }: Whole, shapes: ReturnType<typeof shapesOf>, labels: Labels): (call: number) => readonly CallPort[] {
  const into = new Map<string, string[]>();
  for (const { from, to, tensor, nodeIndex } of flows) {
    if (labels === "off" || !tensor || (calls[to]?.nodes.length ?? 0) < 2) continue;
    const key = `${to} ${nodeIndex}`;
    into.set(key, [...(into.get(key) ?? []), labelText(shapes(from, tensor)?.shape ?? null, labels)]);
  }
  return (call) => {
    const nodes = calls[call]?.nodes ?? [];
    if (nodes.length < 2) return NO_PORTS;
    return nodes.map(({ node_index, outputs }) => ({
      nodeIndex: node_index,
      into: (into.get(`${call} ${node_index}`) ?? []).join(", "),
      out: outputs.map(({ shape }) => labelText(shape, labels)).join(", "),
      dtype: outputs[0]?.dtype ?? null,
    }));
  };
}

function labelText(shape: Shape | null, labels: Labels): string {
  return labels === "off" ? "" : labels === "symbolic" ? symbolicText(shape) : wireText(shape);
}

interface BoxFacts {
  readonly isOpen: boolean;
  readonly parent: number;
  readonly problems: ReadonlyMap<string, Mark>;
  readonly changed: ReadonlySet<string> | undefined;
  readonly isSketch: boolean;
  readonly ports: readonly CallPort[];
}

function boxOf(structure: Structure, number: number, { isOpen, parent, problems, changed, isSketch, ports }: BoxFacts): Box {
  const { whole, items } = structure;
  const item = items[number];
  const calls = callsIn(items, number);
  const own = whole.calls[item?.call ?? calls[0] ?? -1];
  const paths = [...new Set(calls.map((call) => whole.calls[call]?.path ?? ""))];
  const nodes = (item && item.call >= 0 ? own?.nodes : whole.calls[calls.at(-1) ?? -1]?.nodes) ?? [];
  const isCall = item?.kind === "call";
  const family = isCall ? familyOf(own?.className ?? "") : commonFamily(calls.map((call) => familyOf(whole.calls[call]?.className ?? "")));
  return {
    id: item?.id ?? "",
    kind: item?.kind ?? "call",
    path: own?.path ?? "",
    paths,
    nodeIndex: own?.nodeIndex ?? 0,
    name: item?.label ?? "",
    className: isCall ? (own?.className ?? "") : "",
    family,
    takesInput: isCall ? nodes.some((node) => node.inbound.length > 0) || family !== "input" : true,
    isUnknown: !isSketch && nodes.some((node) => node.outputs.length === 0 || node.outputs.some((output) => output.shape === null)),
    mark: worstOf(isCall ? [problems.get(own?.path ?? "")] : paths.map((path) => problems.get(path))),
    isPreview: changed !== undefined && paths.some((path) => changed.has(path)),
    isOff: nodes.length > 0 && nodes.every((node) => node.off !== undefined),
    isLoose: isCall && nodes.some((node) => node.isLoose),
    layers: (item?.children.length ?? 0) > 0 ? (item?.layers ?? 0) - (isCall ? 1 : 0) : 0,
    times: item?.kind === "repeat" ? item.children.length : 0,
    isOpen,
    frame: item?.frame ?? null,
    parent,
    calls,
    ports,
  };
}

/** The calls that an item stands for at its own level: of a nested model it is its call. */
function callsIn(items: readonly Item[], number: number): number[] {
  const found: number[] = [];
  const stack = [number];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const item = items[next];
    if (!item) continue;
    if (item.call >= 0) found.push(item.call);
    else stack.push(...item.children.toReversed());
  }
  return found;
}

function commonFamily(families: readonly Family[]): Family {
  const counts = new Map<Family, number>();
  for (const family of families) counts.set(family, (counts.get(family) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ["op", 0] as [Family, number])[0];
}

function textOf({ whole }: Structure, item: Item | undefined, box: Box | undefined, configOf: (path: string) => JsonObject | null, isSketch: boolean): BoxText {
  if (!item || !box) return { said: "", shape: "", parameters: "", dtype: null };
  const last = whole.calls[item.call >= 0 ? item.call : (box.calls.at(-1) ?? -1)];
  const node = last?.nodes[0];
  const dtype = node?.outputs[0]?.dtype ?? null;
  if (isSketch) return { said: box.layers > 0 ? layersText(box) : "", shape: t("stage.not-checked"), parameters: "", dtype };
  const config = item.call >= 0 ? configOf(box.path) : null;
  const own = item.call >= 0 && box.family === "input" ? (dtype ?? "") : config ? argumentsText(config) : "";
  const calls = (last?.nodes.length ?? 0) > 1 ? [t("reading.calls", { n: last?.nodes.length ?? 0 })] : [];
  const said = [...(box.layers > 0 ? [layersText(box)] : []), ...(own === "" || box.layers > 0 ? [] : [own]), ...calls].join(" · ");
  if (box.isLoose) return { said, shape: t("stage.nothing-connected"), parameters: "", dtype };
  const parameters = countText(parametersOf(whole, item.call >= 0 ? [item.call] : box.calls));
  return { said, shape: fittingShape(node, parameters), parameters, dtype };
}

// Widths of a letter of the two small fonts, and of the room that a box has for both texts.
const [MONO_LETTER, LETTER, TEXT_ROOM] = [6.7, 6.5, 166];

/** Keras's tuple where it has room beside the count, else what wires carry. */
function fittingShape(node: ReportNode | undefined, parameters: string): string {
  const whole = outputsText(node);
  const fits = MONO_LETTER * whole.length + LETTER * parameters.length <= TEXT_ROOM;
  return fits || !node ? whole : node.outputs.map((output) => wireText(output.shape)).join(", ");
}

function layersText({ layers, times }: Box): string {
  return times > 0 ? t("reading.repeat", { times, n: Math.round(layers / times) }) : t("reading.layers", { n: layers });
}

/** A layer that is called twice has its weights once. */
function parametersOf(whole: Whole, calls: readonly number[]): number | null {
  const counted = new Map<string, number | null>();
  for (const call of calls) {
    const { path = "", nodes = [] } = whole.calls[call] ?? {};
    if (nodes[0]) counted.set(path, totalOf(nodes[0].params));
  }
  return sumOf([...counted.values()]);
}

function kept<T>(write: (i: number) => T): (i: number) => T {
  const written: T[] = [];
  return (i) => (written[i] ??= write(i));
}

/** The tag of each layer: the code of its worst problem; a nested model has those of its inside too. */
function problemsOf(diagnostics: readonly Diagnostic[]): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const { code, severity, layer, path } of diagnostics) {
    if (severity === "info") continue;
    let key = "";
    for (const name of [...(path ?? []), ...(layer === null ? [] : [layer])]) {
      key = pathOfKey(key, name);
      const mark = { kind: severity, text: code, count: 1 } as const;
      marks.set(key, worstOf([marks.get(key), mark]) ?? mark);
    }
  }
  return marks;
}

function worstOf(marks: readonly (Mark | undefined)[]): Mark | null {
  const known = marks.filter((mark) => mark !== undefined);
  const first = known.find((mark) => mark.kind === "error") ?? known[0];
  return first ? { ...first, count: known.reduce((sum, mark) => sum + mark.count, 0) } : null;
}

/** One call of a layer, by its address: `conv1[1,0], 8 → 16`. */
export function callText({ path }: Box, { nodeIndex, into, out }: CallPort): string {
  const shapes = [into, out].filter((shape) => shape !== "").join(" → ");
  return [addressText({ path, nodeIndex, tensorIndex: 0 }), shapes].filter((part) => part !== "").join(", ");
}

/** A box as a screen reader says it: `Conv2D conv1, output 112×112×64, 2 problems`. */
export function spokenOf({ boxes, textOf, structure, isSketch }: Scene, i: number): string {
  const box = boxes[i];
  if (!box) return "";
  const last = structure.whole.calls[box.calls.at(-1) ?? -1];
  const type = box.kind === "call" ? box.className : t(box.frame ? "frame.says" : "reading.group", { inside: textOf(i).said });
  const name = box.nodeIndex > 0 ? `${box.name} [${box.nodeIndex}]` : box.name;
  if (isSketch) return t("reading.says.sketch", { type, name });
  const outputs = last?.nodes[0]?.outputs ?? [];
  const shape = box.isLoose ? t("stage.nothing-connected") : outputs.length === 0 ? t("word.unknown") : outputs.map((output) => wireText(output.shape)).join(", ");
  return box.mark ? t("reading.says.problems", { type, name, shape, n: box.mark.count }) : t("reading.says", { type, name, shape });
}

/** What a click on a box selects. */
export function pathsOf({ kind, path, paths }: Box): readonly string[] {
  return kind === "call" ? [path] : paths;
}
