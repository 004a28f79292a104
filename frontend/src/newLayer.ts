import type { CatalogEntry, Shape } from "./api";
import { entryOf, isOperationEntry, isSource, neededInputs, takesList } from "./catalog";
import { goTo } from "./commands";
import { specsOf, type Point } from "./deeds";
import { EMPTY_DIFF, EMPTY_MODEL, fromJson, joinPath, lastOf, layerPaths, parentOf, unescapeName, type Diff, type Document } from "./document";
import { roomOf, type Editor } from "./editor";
import { commonFrame, joinFrame } from "./intents/frames";
import { BLOCKS, blockOn, type BlockKind } from "./intents/blocks";
import { sequence } from "./intents/change";
import { modelOutputs } from "./intents/ends";
import { addFragment, type Fragment } from "./intents/fragment";
import { addInput, addLayerAfter, addLayerOn, addOnWire, replaceClass } from "./intents/layers";
import { freeName, snakeCase } from "./intents/names";
import { move, setExpression } from "./intents/view";
import { sourcesOf, type Source } from "./intents/wires";
import { isObject, type JsonObject } from "./json";
import { BOX, layout } from "./layout/layout";
import { purposesOf } from "./matching";
import { factsOf } from "./outline";
import { rememberOp } from "./recent";
import type { State } from "./store";
import type { QuickAdd } from "./ui";
import { downstream } from "./wiring";
import { t } from "./words/words";

/** What a dragged row of the palette is called among what a drag carries. */
export const DRAGGED = "application/x-layerwright-op";

/** What was typed with a layer's class: arguments, and its name. */
export interface SaidArguments {
  readonly config: JsonObject;
  readonly texts: Readonly<Record<string, string>>;
  readonly name: string | null;
}
// A block is short enough to be one column.
const UNFOLDED = 1e6;
const NOTHING_SAID: SaidArguments = { config: {}, texts: {}, name: null };

/** Adds a layer after the selection and wires it; after the last output where nothing is selected. */
export async function addLayer(editor: Editor, entry: CatalogEntry, said: SaidArguments = NOTHING_SAID, place: Point | null = null): Promise<void> {
  await added(editor, entry, said, place, (state, document) => {
    const after = isSource(entry) ? null : latest(state, document);
    const parent = after === null ? "" : parentOf(after);
    const options = { ...optionsOf(document, parent, entry, said), more: takesList(entry) && after !== null ? others(state, after) : [] };
    return { path: joinPath(parent, options.name), after, intent: (open) => (isSource(entry) ? addInput(open, entry.name, options) : addLayerAfter(open, entry.name, after, options)) };
  });
}

/** Adds a layer where the menu was asked for: on a wire, at the end of one, after the selection, or without a wire. */
export async function addByMenu(editor: Editor, entry: CatalogEntry, { from, onto, place }: Pick<QuickAdd, "from" | "onto" | "place">, isWired: boolean, said: SaidArguments = NOTHING_SAID): Promise<void> {
  if (isWired && (from === null || isSource(entry))) return addLayer(editor, entry, said, place);
  await added(editor, entry, said, place, (_, document) => {
    const parent = from === null ? "" : parentOf(from.path);
    const options = optionsOf(document, parent, entry, said);
    const intent: Intent =
      from === null || !isWired ? (open) => addLayerAfter(open, entry.name, null, options)
      : onto ? (open) => addOnWire(open, entry.name, from, onto, options)
      : (open) => addLayerOn(open, entry.name, from, options);
    return { path: joinPath(parent, options.name), after: onto || !isWired ? null : (from?.path ?? null), between: from && onto ? [from.path, onto.path] : [], intent };
  });
}

/** Gives layers another class: arguments that both know stay as they were said. */
export function replaceByMenu(editor: Editor, entry: CatalogEntry, paths: readonly string[]): void {
  const { store } = editor;
  const known = new Set([...entry.params.map((param) => param.name), "trainable", "dtype"]);
  store.edit(t("edit.replace", { n: paths.length, name: entry.name }), (document) =>
    sequence(document, paths.map((path) => (open) => {
      const record = open.records.get(`layer/${path}`);
      const said = isObject(record) && isObject(record.config) ? record.config : {};
      const kept = Object.fromEntries(Object.entries(said).filter(([name]) => name !== "name" && known.has(name)));
      return replaceClass(open, path, entry.name, { module: moduleOf(entry), config: { ...configOf(entry), ...kept }, takesList: takesList(entry) });
    })),
  );
  rememberOp(entry.op);
}

/** The tensors that a layer chosen in the menu would take. */
export function sourcesFor(state: State, { from, instead }: Pick<QuickAdd, "from" | "instead">): Source[] {
  const { document } = state;
  if (from) return [from];
  const [replaced] = instead;
  if (!document) return [];
  if (replaced !== undefined) return sourcesOf(document.records.get(`call/${replaced}/0`) ?? null, parentOf(replaced));
  const after = latest(state, document);
  return after === null ? [] : [{ path: after, nodeIndex: 0, tensorIndex: 0 }, ...others(state, after)];
}

/** What a layer is looked for by: its name first. */
export function textsOfEntry(entry: CatalogEntry): readonly string[] {
  return [entry.name, ...entry.aliases, ...purposesOf(entry.name)];
}

/** What a block is looked for by. */
export function textsOfBlock(kind: BlockKind): readonly string[] {
  return [t(`block.${kind}`), kind, t("block.block")];
}

/** The blocks that fit on a tensor. */
export function blocksOn(shape: Shape | null, hasSource: boolean): readonly BlockKind[] {
  return hasSource ? BLOCKS.filter((kind) => blockOn(kind, shape) !== null) : [];
}

/** Puts a block on what the menu was asked for; who took that takes what comes out of the block. False: it does not fit there. */
export function addBlock({ store, view }: Editor, kind: BlockKind, asked: Pick<QuickAdd, "from" | "instead">): boolean {
  const state = store.getState();
  const [source] = sourcesFor(state, asked);
  const block = source && blockOn(kind, specsOf(state)(source)?.shape ?? null);
  if (!source || !block) return false;
  const parent = parentOf(source.path);
  // As one layer does, a block stands below a layer that a hand put somewhere.
  const above = state.document?.records.has(`view/positions/${source.path}`) ? view.current?.placesOf([source.path]).get(source.path) : undefined;
  const standing = above ? standingOf(block, above) : [];
  const spots = view.current?.landing(parent, standing.map(([, at]) => at)) ?? [];
  if (spots.length > 0) view.current?.stay();
  let added: readonly string[] = [];
  store.edit(t("edit.add", { name: t(`block.${kind}`) }), (document) => {
    const landed = addFragment(document, block, { parent, wire: () => source, instead: source });
    added = landed.added;
    const places = new Map(standing.flatMap(([name], i) => { const [path, spot] = [landed.paths.get(name), spots[i]]; return path !== undefined && spot ? [[path, spot] as const] : []; }));
    return sequence(document, [() => landed.diff, (open) => move(open, places)]);
  });
  store.select(added);
  return true;
}

/** Where each layer of a block stands by the layout, where what it is put on stands there. */
function standingOf(block: Fragment, [x, y]: Point): readonly (readonly [path: string, at: Point])[] {
  const document = fromJson({ layerwright: 1, model: block.model });
  const paths = layerPaths(document);
  const numbers = new Map(paths.map((path, i) => [path, i]));
  const edges = paths.flatMap((path, to) => sourcesOf(document.records.get(`call/${path}/0`) ?? null, "").flatMap((source) => { const from = numbers.get(source.path); return from === undefined ? [] : [from, to]; }));
  const { positions } = layout({ count: paths.length, edges: Int32Array.from(edges), aspect: 1, height: UNFOLDED });
  const at = (i: number): Point => [positions[2 * i] ?? 0, positions[2 * i + 1] ?? 0];
  const on = paths.findIndex((path) => path in block.standsFor);
  const [left, top] = at(on);
  return paths.flatMap((path, i) => (i === on ? [] : [[path, [x + at(i)[0] - left, y + at(i)[1] - top] as const] as const]));
}

type Intent = (open: Document) => Diff;

async function added(editor: Editor, entry: CatalogEntry, said: SaidArguments, place: Point | null, plan: (state: State, document: Document) => { readonly path: string; readonly after: string | null; readonly between?: readonly string[]; readonly intent: Intent }): Promise<void> {
  const { store } = editor;
  if (!store.getState().document) await store.open(EMPTY_MODEL);
  const state = store.getState();
  if (!state.document) return;
  const { path, after, between = [], intent } = plan(state, state.document);
  const view = editor.view.current;
  // The layer's middle is where the hand was. What follows a layer that a hand put somewhere stands below that.
  const above = after !== null && state.document.records.has(`view/positions/${after}`) ? view?.placesOf([after]).get(after) : undefined;
  const corner: Point | null = place ? [place[0] - BOX.width / 2, place[1] - BOX.height / 2] : above ? [above[0], above[1] + BOX.height + BOX.gapDown] : null;
  // What is put into a frame, or between two of its layers, belongs to it.
  const frame = (place && view?.frameAt(parentOf(path), place)) ?? commonFrame(state.document, between);
  const spot = corner && view?.landing(parentOf(path), [corner], frame)[0];
  if (spot) view?.stay();
  const join = (open: Document): Diff => (frame === null ? EMPTY_DIFF : joinFrame(open, [path], frame));
  const put = (open: Document): Diff => (spot ? move(open, new Map([[path, spot]])) : EMPTY_DIFF);
  store.edit(t("edit.add", { name: unescapeName(lastOf(path)) }), (open) => sequence(open, [intent, join, put, ...Object.entries(said.texts).map(([name, text]) => (next: Document) => setExpression(next, path, name, text))]));
  rememberOp(entry.op);
  goTo(roomOf(editor), path);
}

function optionsOf(document: Document, parent: string, entry: CatalogEntry, said: SaidArguments) {
  return {
    name: freeName(document, parent, said.name ?? snakeCase(entry.name)),
    parent,
    config: { ...configOf(entry), ...said.config },
    takesList: takesList(entry),
    repeat: Math.max(1, neededInputs(entry).length),
    module: moduleOf(entry),
  };
}

export function moduleOf(entry: CatalogEntry): string {
  return isOperationEntry(entry) ? `keras.src.${entry.op.split(".").slice(0, -1).join(".")}` : "keras.layers";
}

/** What a new layer starts with. */
export function configOf(entry: CatalogEntry): JsonObject {
  return entry.start;
}

// To follow the wires of each of a hundred selected layers would keep the hand waiting.
const MANY = 20;

/** The selected layer that no other selected one comes after, so that what follows it closes no cycle. */
function latest({ selection, report }: State, document: Document): string | null {
  const { calls } = factsOf(report);
  const order = new Map([...calls.keys()].map((path, i) => [path, i] as const));
  const parents = new Set([...selection].map(parentOf));
  const chosen = parents.size === 1 ? [...selection] : [];
  const inOrder = chosen.sort((a, b) => (order.get(a) ?? -1) - (order.get(b) ?? -1));
  const isLast = (path: string): boolean => {
    const after = downstream(document, path);
    return chosen.every((other) => other === path || !after.has(other));
  };
  const last = chosen.length <= MANY ? inOrder.findLast(isLast) : inOrder.at(-1);
  if (last !== undefined) return last;
  return modelOutputs(document)?.at(-1)?.path ?? layerPaths(document).at(-1) ?? null;
}

function others({ selection }: State, after: string): Source[] {
  return [...selection].filter((path) => path !== after && parentOf(path) === parentOf(after)).map((path) => ({ path, nodeIndex: 0, tensorIndex: 0 }));
}

/** The catalog's entry of a layer of the open document. */
export function entryAt(document: Document, catalog: readonly CatalogEntry[] | null, path: string): CatalogEntry | null {
  return entryOf(catalog, document.records.get(`layer/${path}`));
}
