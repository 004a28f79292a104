import type { Blamed, Camera, Marked, View } from "../commands";
import type { Point } from "../deeds";
import { markedIn } from "../differences";
import type { Document } from "../document";
import { changedLayers } from "../fixes";
import { pathText } from "../format";
import { framesOf, groupOfFrame, type Frame } from "../intents/frames";
import { isGroupPinned, isPinned } from "../intents/places";
import { ownColours, type Spot as Place } from "../intents/view";
import { isArray, isObject, type Json, type JsonObject } from "../json";
import { arrange, freeBelow, type Nested, type Pin } from "../layout/arrange";
import type { LayoutResult } from "../layout/layout";
import type { LayoutClient } from "../layout/layoutClient";
import { readsGrouped } from "../reading";
import { tensorsIn } from "../tensors";
import { t } from "../words/words";
import { readColours } from "./colours";
import { faultsOf, highlightOf } from "./marks";
import { bounds, createMinimap } from "./minimap";
import { covered, MARGIN, outside } from "./covered";
import { createHand, type HandOptions } from "./hand";
import { createNearTier, isNear } from "./near";
import { forgetMeasures } from "./lettering";
import { paintFrame } from "./painter";
import { corner, isBoxSelected, type Highlight, type Paths, type Placed } from "./placed";
import { wirePaths } from "./wires";
import { paintOf, type Paint } from "./paints";
import { pdfOf, svgOf } from "./picture";
import { callText, pathsOf, isSameNest, sceneOfStructure, spokenOf, type Scene } from "./scene";
import type { Nest } from "./projection";
import { areaOf, isOver, outermost, spotsOf } from "./spots";
import { nextAlong, nextInOrder, type Arrow } from "./walk";
import { around, createGrouper, onlyOf, partsOf, structureOf, wholeOf, wholeOfSketch, type Structure, type Whole } from "./whole";

/** The canvas of one store in an element that it fills. */
export interface CanvasRoom {
  readonly view: View;
  /** The rectangle on screen of a layer, or of the closed group or nested model (`encoder/dense1`) that it lies in. Null: not drawn. */
  locate(name: string): DOMRect | null;
  stop(): void;
}
export interface CanvasOptions extends HandOptions {
  readonly layouts: LayoutClient;
  /** Gets the scale whenever it changes. */
  readonly onZoom: (scale: number) => void;
}

declare global {
  interface Window {
    layerwright?: { readonly locate: (name: string) => DOMRect | null };
  }
}

const [MIN_SCALE, MAX_SCALE] = [0.01, 4];
// Strokes of that many boxes' wires take longer than a frame in software: while moving, the last picture is moved instead.
const [BITMAP_BOXES, BITMAP_VISIBLE] = [10_000, 2_000];
const REST_MILLISECONDS = 100;
// From here on a graph is too large to be known by heart: its minimap comes by itself, but on a phone, where it would
// cover too much.
const [LARGE_BOXES, PHONE_WIDTH] = [300, 640];
// A double click may follow a first one, which selects.
const UNCOVER_MILLISECONDS = 600;
const READABLE_SCALE = 0.8;
const GLANCE_LAYERS = 40;

/** What waits for the next layout: a place to be shown, or a box that stays where it is on the screen. */
type Awaited =
  | { readonly kind: "reveal"; readonly path: string; readonly nodeIndex: number; readonly how: "gently" | "centre" }
  | { readonly kind: "hold"; readonly id: string; readonly x: number; readonly y: number };

export function createCanvasRoom(root: HTMLElement, { store, reading, layouts, takesList, onZoom, onVoid, onTitle }: CanvasOptions): CanvasRoom {
  const surface = document.createElement("canvas");
  Object.assign(surface.style, { position: "absolute", inset: "0", width: "100%", height: "100%" });
  root.append(surface);
  Object.assign(root.dataset, { testid: "canvas", state: "loading", tier: "far", nodes: "0", edges: "0" });
  root.tabIndex = 0;
  // Fingers are ours on the boxes of the near tier too: else the browser takes a drag for its own after some pixels.
  root.style.touchAction = "none";
  const context = surface.getContext("2d", { alpha: false });
  if (!context) throw new Error("this browser draws no 2D canvas");
  const spoken = document.createElement("p");
  Object.assign(spoken, { className: "vh", ariaLive: "polite" });
  const near = createNearTier(root);
  const tip = document.createElement("p");
  Object.assign(tip, { className: "tip", hidden: true, role: "status" });
  root.append(spoken, tip);
  const end = new AbortController();
  const { signal } = end;
  const grouper = createGrouper();

  let colours = readColours(root);
  let camera: Camera = { x: 0, y: 0, scale: 1 };
  let placed: Placed | null = null;
  let paths: readonly Paths[] = [];
  let paint: Paint = { tokens: [], isFilled: false, legend: null };
  let marked: Marked | null = null;
  let highlight: Highlight | null = null;
  let blamed: Blamed | null = null;
  let faults: readonly number[] = [];
  let pinned: ReadonlySet<number> = new Set();
  /** What a hand had said of places and colours when the boxes were placed. */
  let viewed: ReadonlyMap<string, Json> = new Map();
  /** What the layout said of each frame's inside, by the frame's id. */
  let laidOut = new Map<string, { readonly nest: Nest; readonly result: LayoutResult }>();
  let frame = 0;
  let wantsMap: boolean | null = null;
  let picture: { readonly bitmap: HTMLCanvasElement; readonly camera: Camera } | null = null;
  let visibleNow = 0;
  let rest = 0;
  let uncovering = 0;
  let isMoving = false;
  let awaited: Awaited | null = null;
  /** The box that keys start from, by its id: a group has no path of its own. */
  let cursor: string | null = null;
  /** Whether all is shown and no hand has moved the view since: then a change of the window's size fits again. */
  let isFitted = false;

  const size = (): readonly [number, number] => [root.clientWidth, root.clientHeight];
  const hasMap = (): boolean => wantsMap ?? ((placed?.scene.boxes.length ?? 0) > LARGE_BOXES && root.clientWidth > PHONE_WIDTH);
  const redraw = (): void => {
    frame ||= requestAnimationFrame(draw);
  };

  const draw = (): void => {
    frame = 0;
    const [width, height] = size();
    const pixelRatio = devicePixelRatio;
    if (surface.width !== Math.round(width * pixelRatio) || surface.height !== Math.round(height * pixelRatio)) {
      surface.width = Math.round(width * pixelRatio);
      surface.height = Math.round(height * pixelRatio);
    }
    if (placed && hasMap()) minimap.draw({ ...placed, paint, colours, camera, width, height });
    else minimap.hide();
    if (picture) {
      const ratio = camera.scale / picture.camera.scale;
      context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
      context.fillStyle = colours.canvas ?? "";
      context.fillRect(0, 0, width, height);
      context.drawImage(picture.bitmap, (picture.camera.x - camera.x) * camera.scale, (picture.camera.y - camera.y) * camera.scale, width * ratio, height * ratio);
      return;
    }
    if (!placed) {
      near.clear();
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = colours.canvas ?? "";
      context.fillRect(0, 0, surface.width, surface.height);
      return;
    }
    const { selection } = store.getState();
    const { tier, visible } = paintFrame(context, { ...placed, paths, camera, width, height, pixelRatio, selection, colours, paint, highlight, blamed, faults, call: reading.getState().call, pointed: hand.pointed(), pinned });
    visibleNow = visible.length;
    if (tier === "middle" && !isMoving && !hand.isBusy() && isNear(visible.length, camera.scale)) {
      near.show({ placed, paint, camera, visible, selection, highlight, call: reading.getState().call, pinned });
      root.dataset.tier = "near";
    } else {
      near.clear();
      root.dataset.tier = tier;
    }
    hand.paint(pixelRatio, colours);
  };

  const repaint = (): void => {
    const { colour, numbers } = reading.getState();
    if (placed) paint = paintOf(placed.scene, colour, numbers, ownColours(store.getState().document));
    reading.setState({ legend: paint.legend });
    picture = null;
  };

  /** The view moves: boxes of the DOM come when it rests. */
  const moving = (): void => {
    isMoving = true;
    if (placed && (placed.scene.boxes.length > BITMAP_BOXES || visibleNow > BITMAP_VISIBLE)) picture ??= { bitmap: copyOf(surface), camera };
    clearTimeout(rest);
    rest = setTimeout(() => {
      picture = null;
      isMoving = false;
      redraw();
    }, REST_MILLISECONDS);
  };

  const setCamera = (next: Camera): void => {
    // Whoever moves the view has it as wanted.
    clearTimeout(uncovering);
    isFitted = false;
    if (next.x === camera.x && next.y === camera.y && next.scale === camera.scale) return;
    moving();
    if (next.scale !== camera.scale) onZoom(next.scale);
    camera = next;
    redraw();
  };

  const bounded = (scale: number): number => Math.min(MAX_SCALE, Math.max(MIN_SCALE, scale));
  const zoomAt = (x: number, y: number, wanted: number): void => {
    const scale = bounded(wanted);
    setCamera({ scale, x: camera.x + x / camera.scale - x / scale, y: camera.y + y / camera.scale - y / scale });
  };

  const minimap = createMinimap(root, (x, y) => {
    const [width, height] = size();
    setCamera({ ...camera, x: x - width / camera.scale / 2, y: y - height / camera.scale / 2 });
  }, signal);

  const fitBoxes = (boxes: readonly number[], most = 1): void => {
    if (!placed || boxes.length === 0) return;
    const { positions, sizes } = placed;
    const { left, top, right, bottom } = bounds({ positions: Float32Array.from(boxes.flatMap((i) => corner(positions, i))), sizes: Float32Array.from(boxes.flatMap((i) => corner(sizes, i))) });
    const [width, height] = size();
    const { above, below } = covered(root);
    const fitted = Math.min((width - 2 * MARGIN) / (right - left), (height - above - below) / (bottom - top), most);
    const scale = Math.max(MIN_SCALE, fitted);
    setCamera({ scale, x: (left + right) / 2 - width / scale / 2, y: (top + bottom) / 2 - (height + above - below) / scale / 2 });
  };

  const selectedBoxes = (): number[] => {
    const { selection } = store.getState();
    return placed ? placed.scene.boxes.flatMap((box, i) => (isBoxSelected(box, selection) && !(box.isOpen && box.kind !== "call") ? [i] : [])) : [];
  };
  const numberOf = (id: string | null): number | null => {
    const i = id === null ? -1 : (placed?.scene.boxes.findIndex((box) => box.id === id) ?? -1);
    return i < 0 ? null : i;
  };
  /** Where keys start: what the hand was last on, as long as it is selected. */
  const cursorBox = (): number | undefined => {
    const i = numberOf(cursor);
    const box = i === null ? undefined : placed?.scene.boxes[i];
    return box && i !== null && isBoxSelected(box, store.getState().selection) ? i : selectedBoxes()[0];
  };

  const view: View = {
    fit: (what) => {
      fitBoxes(what === "all" ? (placed?.scene.boxes.map((_, i) => i) ?? []) : selectedBoxes());
      isFitted = what === "all";
    },
    zoomTo: (scale) => {
      const [width, height] = size();
      zoomAt(width / 2, height / 2, scale);
    },
    zoomBy: (factor) => {
      view.zoomTo(camera.scale * factor);
    },
    spotAt: (x, y) => hand.spotAt(x, y),
    worldAt: (x, y) => {
      const rect = root.getBoundingClientRect();
      return hand.world(x - rect.left, y - rect.top);
    },
    pointer: () => hand.pointer(),
    stay: () => {
      [isFitted, fitNext, staysOnce] = [false, false, true];
    },
    placesOf: (paths) => {
      const found = new Map<string, Point>();
      const wanted = new Set(paths);
      placed?.scene.boxes.forEach((box, i) => { if (placed && box.kind === "call" && wanted.has(box.path) && !found.has(box.path)) found.set(box.path, corner(placed.positions, i)); });
      return found;
    },
    selectedBoxes: () => outermost(placed?.scene.boxes ?? [], selectedBoxes()).flatMap((i) => {
      const box = placed?.scene.boxes[i];
      if (!placed || !box || !hand.isInHand()) return [];
      const [[x, y], [width, height]] = [corner(placed.positions, i), corner(placed.sizes, i)];
      return [{ id: box.id, name: box.kind === "call" ? pathText(box.path) : box.name, x, y, width, height }];
    }),
    spotsOf: (corners) => (placed ? spotsOf(placed, [...corners].flatMap(([id, at]) => { const i = numberOf(id); return i === null ? [] : [[i, at] as const]; })) : { layers: new Map(), groups: new Map() }),
    frameAt: (parent, at) => placed?.scene.boxes.findLast((box, i) => box.frame && box.isOpen && box.id === groupOfFrame(box.frame.id, parent) && placed !== null && isOver(placed, i, at))?.frame?.id ?? null,
    landing: (parent, places, inFrame = null) => {
      const model = parent === "" ? -1 : (placed?.scene.boxes.findIndex((box) => box.kind === "call" && box.path === parent && box.isOpen) ?? -1);
      if (!placed || (parent !== "" && model < 0)) return parent === "" ? places : [];
      const own = inFrame === null ? null : numberOf(groupOfFrame(inFrame, parent));
      const around = own !== null && placed.scene.boxes[own]?.isOpen ? own : model;
      const { scene, positions, sizes, origins } = placed;
      const taken = scene.boxes.flatMap((box, i) => {
        if (box.isOpen) return [];
        const [[x, y], [w, h]] = [corner(positions, i), corner(sizes, i)];
        return [[x, y, x + w, y + h] as const];
      });
      const down = freeBelow(places, taken);
      const [ox, oy] = origins.get(around) ?? [0, 0];
      const id = scene.boxes[around]?.id;
      return places.map(([x, y]): Place => (id === undefined ? [x, y + down] : [x - ox, y + down - oy, id]));
    },
    toggleMap: () => {
      wantsMap = !hasMap();
      redraw();
    },
    reveal: (path, how, nodeIndex = 0) => {
      awaited = { kind: "reveal", path, nodeIndex, how };
      // Who wants to see the layer itself wants its groups open.
      const closed = how === "centre" ? closedAround(path) : [];
      if (closed.length > 0) reading.setOpen(closed, true);
      else if (isShown(path)) keepAwaited();
    },
    uncover: () => {
      clearTimeout(uncovering);
      uncovering = setTimeout(() => {
        const [i, ...more] = selectedBoxes();
        if (!placed || i === undefined || more.length > 0 || hand.isBusy()) return;
        const { left, right } = covered(root);
        const box = areaOf(placed, camera, i);
        // At the window's edge it is seen well enough.
        if ((left > MARGIN && box.left < left) || (right > MARGIN && box.right > size()[0] - right)) reveal(i);
      }, UNCOVER_MILLISECONDS);
    },
    blame: (next) => {
      if (next === blamed) return;
      blamed = next;
      redraw();
    },
    mark: (next) => {
      marked = next;
      highlight = highlightOf(placed?.scene, marked);
      redraw();
    },
    toggle: () => {
      const i = cursorBox();
      if (i !== undefined) toggle(i);
    },
    openAll: (isOpen) => {
      const ids = placed?.scene.structure.items.flatMap((item) => (item.children.length > 0 ? [item.id] : [])) ?? [];
      fitNext = true;
      reading.setOpen(ids, isOpen);
    },
    goToCrumb: (id) => {
      if (id === null) view.fit("all");
      else {
        const i = numberOf(id);
        if (i !== null) fitBoxes([i]);
      }
    },
    camera: () => camera,
    moveTo: (next) => {
      awaited = null;
      setCamera(next);
    },
    picture: async (format) => {
      if (!placed) return null;
      if (format === "svg") return new Blob([svgOf(placed, paint, colours)], { type: "image/svg+xml" });
      const [width, height] = size();
      // Twice as fine as a screen of plain resolution, so that it can be printed.
      const pixelRatio = Math.max(2, devicePixelRatio);
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [Math.round(width * pixelRatio), Math.round(height * pixelRatio)];
      const pen = canvas.getContext("2d", { alpha: false });
      if (!pen) return null;
      paintFrame(pen, { ...placed, paths, camera, width, height, pixelRatio, selection: store.getState().selection, colours, paint, highlight, blamed: null, faults, call: reading.getState().call, pointed: null, pinned });
      const image = await new Promise<Blob | null>((resolve) => { canvas.toBlob(resolve, format === "png" ? "image/png" : "image/jpeg", 0.95); });
      return format === "png" || !image ? image : pdfOf(image, canvas.width, canvas.height, 0.75 / pixelRatio);
    },
  };

  /** Ids of the closed groups and nested models that a layer lies in. */
  const closedAround = (path: string): string[] => {
    const structure = placed?.scene.structure;
    const call = structure?.whole.calls.findIndex((one) => one.path === path) ?? -1;
    if (!structure || call < 0) return [];
    const { opened } = reading.getState();
    return around(structure, call).map((item) => item.id).filter((id) => !opened.has(id));
  };
  const boxOfPath = (path: string, nodeIndex = 0): number => {
    if (!placed) return -1;
    const { structure, shownBy } = placed.scene;
    // One box may stand for all calls of a layer.
    const call = structure.whole.calls.findIndex((one) => one.path === path && (one.nodeIndex === nodeIndex || one.nodes.some((node) => node.node_index === nodeIndex)));
    return call < 0 ? -1 : shownBy(call);
  };
  const isShown = (path: string): boolean => boxOfPath(path) >= 0;

  /** Does what waited for the layout. A layer that was just added is drawn when its check comes back: it waits on. */
  const keepAwaited = (): void => {
    const now = awaited;
    if (!now || !placed) return;
    if (now.kind === "hold") {
      awaited = null;
      const i = numberOf(now.id);
      if (i === null) return;
      const [x, y] = corner(placed.positions, i);
      setCamera({ ...camera, x: x - now.x / camera.scale, y: y - now.y / camera.scale });
      const [width, height] = size();
      const [w, h] = corner(placed.sizes, i).map((length) => length * camera.scale) as [number, number];
      // What was opened is to be seen whole, as far as it can be read then.
      if (now.x < 0 || now.y < 0 || now.x + w > width || now.y + h > height) fitBoxes([i], camera.scale);
      return;
    }
    const i = boxOfPath(now.path, now.nodeIndex);
    if (i < 0) return;
    awaited = null;
    cursor = placed.scene.boxes[i]?.id ?? null;
    if (now.how === "centre") centre(i, Math.max(camera.scale, READABLE_SCALE));
    else reveal(i);
  };

  const drawnDocument = (): Document | null => {
    const { comparison } = reading.getState();
    return comparison ? comparison[comparison.shown].document : store.getState().document;
  };
  /** Where the user put a box counts before the layout. The record speaks of a layer's first call. */
  const pinOf = ({ boxes }: Scene) => (i: number): Pin | null => {
    const box = boxes[i];
    const records = drawnDocument()?.records;
    if (!box || !records) return null;
    const inside = boxes[box.parent]?.id ?? "";
    const record = box.kind === "call" ? (box.nodeIndex === 0 ? records.get(`view/positions/${box.path}`) : undefined) : records.get(`view/groups/${box.id}`);
    const at = isObject(record) ? record.at : record;
    const [x, y, frameId = ""] = isArray(at) ? at : [];
    return typeof x === "number" && typeof y === "number" && frameId === inside ? [x, y] : null;
  };

  const configOf = (path: string): JsonObject | null => {
    const record = drawnDocument()?.records.get(`layer/${path}`);
    return isObject(record) && isObject(record.config) ? record.config : null;
  };

  const nestsOf = (scene: Scene): Nested[] | null => {
    const nests = scene.nests.map((nest) => {
      const known = laidOut.get(frameId(scene, nest));
      return known && isSameNest({ ...known.nest, frame: nest.frame }, nest) ? { ...known.result, frame: nest.frame, boxes: nest.boxes } : null;
    });
    return nests.every((nest) => nest !== null) ? nests : null;
  };

  const place = (scene: Scene): void => {
    const nests = nestsOf(scene);
    if (!nests) return;
    const before = placed;
    placed = { scene, ...arrange(scene.boxes.length, nests, pinOf(scene)) };
    paths = [wirePaths(placed)];
    highlight = highlightOf(scene, marked);
    hand.replaced(before);
    const open = drawnDocument();
    viewed = viewOf(open);
    pinned = new Set(scene.boxes.flatMap((box, i) => ((box.kind === "call" ? box.nodeIndex === 0 && isPinned(open, box.path) : isGroupPinned(open, box.id)) ? [i] : [])));
    picture = null;
  };

  let frames: ReadonlyMap<string, Frame> = new Map();
  let fitNext = true;
  /** A hand put the first box where it is to be seen. */
  let staysOnce = false;
  let pending = 0;
  const show = async (): Promise<void> => {
    const { report, sketch, preview } = store.getState();
    const { unit, focus, labels, trial, comparison } = reading.getState();
    // A preview is drawn as the model would be, what becomes other in the accent.
    const wanted = preview?.report ?? comparison?.[comparison.shown].report ?? trial ?? report;
    const changed = preview?.report && report ? changedLayers(report, preview.report) : comparison ? markedIn(comparison.differences, comparison.shown) : undefined;
    const all = sketch ? wholeOfSketch(sketch) : wanted ? wholeOf(wanted) : null;
    if (!all) return;
    const whole = shownOf(all, unit === "layers" && wanted && !sketch ? wholeOf(wanted, "layers") : all, focus?.paths ?? null);
    // A part of what is read in groups is too, as long as it is more than can be followed at a glance.
    const layersOf = (layers: number, level: number): number => (level === 0 && whole !== all && focus && layers > GLANCE_LAYERS ? outermostCalls(all) : layers);
    frames = sketch ? new Map<string, Frame>() : framesOf(drawnDocument());
    const structure = structureOf(whole, (layers, level) => readsGrouped(reading.getState(), layersOf(layers, level)), grouper, frames);
    // Frames that were just made come open: that shows all anew.
    if (reading.meet(structure.items.flatMap(({ id, frame }) => (frame ? [id] : [])))) return;
    const mine = (pending += 1);
    const { opened } = reading.getState();
    const scene = sceneOfStructure(structure, sketch ? null : (wanted?.diagnostics ?? []), { opened, changed, configOf, labels });
    const missing = scene.nests.filter((nest) => {
      const known = laidOut.get(frameId(scene, nest));
      return !known || !isSameNest({ ...known.nest, frame: nest.frame }, nest);
    });
    if (missing.length > 0) {
      const [width, height] = size();
      const start = performance.now();
      root.dataset.state = "loading";
      const aspect = Math.max(0.2, width / Math.max(1, height));
      const results = await layouts.layout(missing.map((nest) => ({ count: nest.boxes.length, edges: nest.edges, aspect, height })));
      if (!results || mine !== pending) return;
      missing.forEach((nest, k) => {
        const result = results[k];
        if (result) laidOut.set(frameId(scene, nest), { nest, result });
      });
      // Developers' tools and the bench read it.
      performance.measure("layout", { start });
    }
    const isFirst = placed === null || placed.scene.boxes.length === 0;
    if (placed?.scene.structure.items.length !== structure.items.length || !isSameParts(placed.scene.structure, structure)) reading.setState({ parts: partsOf(structure) });
    place(scene);
    faults = faultsOf(scene, sketch ? [] : (wanted?.diagnostics ?? []));
    repaint();
    // What a hand is at work on must not move away under it.
    if ((isFirst && !staysOnce) || fitNext || (isFitted && !hand.isBusy())) {
      if (awaited?.kind === "hold") awaited = null;
      view.fit("all");
      // What is opened comes without waiting for a hand to rest.
      isMoving = false;
    }
    [fitNext, staysOnce] = [false, false];
    const { arrival } = reading.getState();
    if (arrival) {
      setCamera(arrival);
      isMoving = false;
      reading.setState({ arrival: null });
    }
    const { place: sought } = reading.getState();
    const [tensor] = sought === null || !report || sketch ? [] : tensorsIn(report, sought, 1);
    if (sought !== null && report && !sketch) reading.setState({ place: null });
    if (tensor) {
      store.select([tensor.path]);
      reading.setState({ call: tensor });
      view.reveal(tensor.path, "centre", tensor.nodeIndex);
    }
    keepAwaited();
    draw();
    // After it: what is written into the page would have it laid out again for the canvas's size.
    tell();
    Object.assign(root.dataset, { nodes: String(outermostCalls(all)), edges: String(outermostFlows(all)) });
    // A sketch is seen at once, but who waits for the model waits for what is known about it too.
    const isOpening = store.getState().status === "opening";
    root.dataset.state = isOpening ? "loading" : scene.boxes.length === 0 && report?.ok === false ? "error" : "ready";
  };

  const toggle = (i: number): void => {
    const box = placed?.scene.boxes[i];
    if (!box || !placed || box.layers === 0) return;
    const { left, top } = areaOf(placed, camera, i);
    awaited = { kind: "hold", id: box.id, x: left, y: top };
    isFitted = false;
    cursor = box.id;
    // All that comes to light being selected would say nothing.
    if (!box.isOpen && box.kind !== "call") store.select([]);
    reading.setOpen([box.id], !box.isOpen);
  };
  const hand = createHand({
    root,
    surface,
    context,
    tip,
    get placed() { return placed; },
    get camera() { return camera; },
    get paths() { return paths; },
    set paths(next) { paths = next; },
    get cursor() { return cursor; },
    set cursor(id) { cursor = id; },
    get isFitted() { return isFitted; },
    set isFitted(next) { isFitted = next; },
    size,
    bounded,
    setCamera,
    zoomAt,
    approach: (i) => { centre(i, Math.max(camera.scale, READABLE_SCALE)); },
    toggle,
    selectedBoxes,
    redraw,
    isOwn: ({ target }) => target === root || target === surface || near.contains(target),
  }, { store, reading, takesList, onVoid, onTitle }, signal);

  const goTo = (i: number | null): boolean => {
    const box = i === null ? undefined : placed?.scene.boxes[i];
    if (!box || i === null) return false;
    cursor = box.id;
    store.select(pathsOf(box));
    reveal(i);
    return true;
  };
  const reveal = (i: number): void => {
    if (!placed) return;
    const [width, height] = size();
    const { left: sx, top: sy, right: ex, bottom: ey } = areaOf(placed, camera, i);
    const map = minimap.area();
    const isCovered = map !== null && ex > map.left && sx < map.right && ey > map.top && sy < map.bottom;
    const { above, below, left, right } = covered(root);
    const [dx, dy] = [outside(sx, ex, left, width - right), outside(sy, ey, above, height - below)];
    if (isCovered || Math.abs(dx) > width || Math.abs(dy) > height) centre(i, camera.scale);
    // What is just outside comes just inside: the hand finds the rest where it was.
    else if (dx !== 0 || dy !== 0) setCamera({ ...camera, x: camera.x + dx / camera.scale, y: camera.y + dy / camera.scale });
  };
  const centre = (i: number, scale: number): void => {
    if (!placed) return;
    const [width, height] = size();
    const [x, y] = corner(placed.positions, i);
    const [w, h] = corner(placed.sizes, i);
    const { left, right } = covered(root);
    setCamera({ scale, x: x + w / 2 - (width + left - right) / scale / 2, y: y + h / 2 - height / scale / 2 });
  };

  const onKey = (event: KeyboardEvent): void => {
    if (event.key === " ") hand.holdSpace(true);
    if (event.ctrlKey || event.metaKey || event.altKey || !placed) return;
    // What was just opened is not selected, but it is where the hand is.
    const at = cursorBox() ?? (event.key === "Tab" ? undefined : (numberOf(cursor) ?? undefined));
    if (event.key.startsWith("Arrow") && !event.shiftKey) {
      if (at !== undefined) goTo(nextAlong(placed.scene, at, event.key as Arrow));
    } else if (event.key === "Tab") {
      // Along the boxes while one is selected; at their end, and after Escape, the key leaves the canvas.
      if (at === undefined || !goTo(nextInOrder(placed.scene, at, event.shiftKey ? -1 : 1))) return;
    } else if (event.key === "Enter") {
      if (at === undefined || (placed.scene.boxes[at]?.layers ?? 0) === 0) return;
      toggle(at);
    } else if (event.key !== " ") return;
    event.preventDefault();
  };

  const locate = (name: string): DOMRect | null => {
    if (!placed) return null;
    const { whole } = placed.scene.structure;
    const find = (wanted: string): number => whole.calls.findIndex((call) => pathText(call.path) === wanted || call.path === wanted);
    const call = [name, name.split("/")[0] ?? ""].map(find).find((i) => i >= 0) ?? -1;
    const i = call < 0 ? -1 : placed.scene.shownBy(call);
    if (i < 0) return null;
    const rect = root.getBoundingClientRect();
    const { left, top, right, bottom } = areaOf(placed, camera, i);
    return new DOMRect(rect.left + left, rect.top + top, right - left, bottom - top);
  };

  /** Says the selected box to a screen reader, and shows where it lies. */
  const tell = (): void => {
    const { selection } = store.getState();
    const i = selection.size === 0 ? undefined : cursorBox();
    const one = reading.getState().call;
    const selected = i === undefined ? undefined : placed?.scene.boxes[i];
    const port = selected?.ports.find(({ nodeIndex }) => one?.path === selected.path && one.nodeIndex === nodeIndex);
    const said = selected && port ? callText(selected, port) : placed && i !== undefined ? (pinned.has(i) ? t("reading.says.pinned", { box: spokenOf(placed.scene, i) }) : spokenOf(placed.scene, i)) : "";
    if (spoken.textContent !== said) spoken.textContent = said;
    const at = i ?? numberOf(cursor);
    const call = placed && at !== null ? placed.scene.boxes[at]?.calls[0] : undefined;
    const isAt = (id: string): boolean => reading.getState().opened.has(id);
    const lies = placed && call !== undefined && at !== null ? around(placed.scene.structure, call) : [];
    // The box itself is one of them where it is open; what is open inside of it is not.
    const box = at === null ? undefined : placed?.scene.boxes[at];
    const end = lies.findIndex(({ id }) => id === box?.id);
    const own = box?.kind === "call" ? [{ id: box.id, label: box.name }] : [];
    const crumbs = [...(end < 0 ? lies : lies.slice(0, end + 1)), ...own].filter(({ id }) => isAt(id)).map(({ id, label }) => ({ id, label }));
    if (crumbs.length > 0 || reading.getState().crumbs.length > 0) reading.setState({ crumbs });
  };

  const retheme = (): void => {
    colours = readColours(root);
    picture = null;
    redraw();
  };

  const unsubscribe = store.subscribe((state, before) => {
    // Who waits for a model that is being opened must not take the one before for it.
    if (state.status === "opening") root.dataset.state = "loading";
    else if (before.status === "opening" && state.report === before.report && state.sketch === before.sketch) root.dataset.state = placed ? "ready" : "error";
    // Who edits wants to see what is edited.
    if (state.revision !== before.revision && reading.getState().comparison) reading.setState({ comparison: null });
    // Another model, not a change of this one: it is shown whole. The document of a sketch stands where that stood.
    if (state.sketch !== before.sketch ? state.sketch : state.document !== before.document && !state.sketch && !before.sketch) {
      fitNext = true;
      laidOut = new Map();
      cursor = null;
      reading.reset();
    }
    if (state.document !== before.document && !state.document && !state.sketch) placed = null;
    if (state.report !== before.report || state.document !== before.document || state.sketch !== before.sketch || state.preview?.report !== before.preview?.report) void show();
    else if (state.revision !== before.revision && JSON.stringify([...framesOf(state.document).values()]) !== JSON.stringify([...frames.values()])) void show();
    else if (state.revision !== before.revision && placed && !isSameView(viewed, viewOf(state.document))) {
      // What the report says comes with it; what a hand placed, pinned or coloured is shown at once.
      place(placed.scene);
      repaint();
      redraw();
    }
    if (state.language !== before.language) void show();
    if (state.selection !== before.selection) {
      const { call } = reading.getState();
      if (call && (state.selection.size !== 1 || !state.selection.has(call.path))) reading.setState({ call: null });
      tell();
      redraw();
    }
  });
  const unread = reading.subscribe((state, before) => {
    if (state.opened !== before.opened || state.isGrouped !== before.isGrouped || state.unit !== before.unit || state.focus !== before.focus || state.labels !== before.labels || state.trial !== before.trial || state.comparison !== before.comparison || (state.arrival !== before.arrival && state.arrival) || (state.place !== before.place && state.place !== null)) {
      if (state.isGrouped !== before.isGrouped || state.unit !== before.unit || state.focus !== before.focus) fitNext = true;
      void show();
    } else if (state.call !== before.call) {
      tell();
      redraw();
    } else if (state.colour !== before.colour || state.numbers !== before.numbers) {
      repaint();
      redraw();
    }
  });
  root.addEventListener("keydown", onKey, { signal });
  window.addEventListener("keyup", (event) => { if (event.key === " ") hand.holdSpace(false); }, { signal });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", retheme, { signal });
  const themes = new MutationObserver(retheme);
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const sizes = new ResizeObserver(() => {
    picture = null;
    if (isFitted) view.fit("all");
    redraw();
  });
  sizes.observe(root);
  // The first text may be drawn, and measured, before the page's fonts are there.
  document.fonts.addEventListener("loadingdone", () => {
    forgetMeasures();
    redraw();
  }, { signal });
  window.layerwright = Object.freeze({ locate });
  void show();

  return {
    view,
    locate,
    stop: () => {
      end.abort();
      unsubscribe();
      unread();
      themes.disconnect();
      sizes.disconnect();
      clearTimeout(rest);
      clearTimeout(uncovering);
      cancelAnimationFrame(frame);
      root.replaceChildren();
      delete window.layerwright;
    },
  };
}

function isSameParts(one: Structure, other: Structure): boolean {
  return one.items.every((item, i) => item.id === other.items[i]?.id && item.label === other.items[i]?.label && item.parent === other.items[i]?.parent);
}

/** The records of how a document is looked at. */
function viewOf(document: Document | null): Map<string, Json> {
  return new Map([...(document?.records ?? [])].filter(([key]) => key.startsWith("view/")));
}

function isSameView(one: ReadonlyMap<string, Json>, other: ReadonlyMap<string, Json>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

function frameId({ boxes }: Scene, { frame }: Nest): string {
  return boxes[frame]?.id ?? "";
}

function shownOf(all: Whole, whole: Whole, focus: ReadonlySet<string> | null): Whole {
  if (!focus) return whole;
  // After an edit none of them may be there any more: then all is shown.
  return all.calls.some((call) => focus.has(call.path)) ? onlyOf(whole, focus) : whole;
}

/** Calls of the model: what nobody calls yet is drawn, and is none. */
function outermostCalls({ calls, levels }: Whole): number {
  return calls.slice(0, levels[0]?.count ?? 0).filter(({ nodes }) => !nodes[0]?.isLoose).length;
}

function outermostFlows({ flows, levels }: Whole): number {
  const count = levels[0]?.count ?? 0;
  return flows.reduce((sum, { from }) => sum + (from < count ? 1 : 0), 0);
}

function copyOf(surface: HTMLCanvasElement): HTMLCanvasElement {
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [surface.width, surface.height];
  copy.getContext("2d")?.drawImage(surface, 0, 0);
  return copy;
}
