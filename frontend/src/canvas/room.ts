import type { View } from "../commands";
import { escapeName } from "../document";
import { heatOf, type HeatStep } from "../heat";
import { move } from "../intents/view";
import { isArray } from "../json";
import { BOX } from "../layout/layout";
import type { LayoutClient } from "../layout/layoutClient";
import type { EditorStore } from "../store";
import { readColours } from "./colours";
import { bounds, createMinimap } from "./minimap";
import { corner, forgetMeasures, paint, visibleBoxes, wirePaths, type Camera, type Paths, type Placed } from "./painter";
import { changedLayers } from "../fixes";
import { isSameTopology, sceneOf, sceneOfSketch, type Scene } from "./scene";
import { t } from "../words/words";

/** The canvas of one store in an element that it fills. */
export interface CanvasRoom {
  readonly view: View;
  /** A layer's rectangle on screen, in every tier; `encoder/dense1` is at its outermost model. Null: not drawn. */
  locate(name: string): DOMRect | null;
  stop(): void;
}

declare global {
  interface Window {
    layerwright?: { readonly locate: (name: string) => DOMRect | null };
  }
}

const [MIN_SCALE, MAX_SCALE, MARGIN] = [0.01, 4, 32];
// Strokes of 10,000 wires take longer than a frame in software: while moving, the last picture is moved instead.
const BITMAP_BOXES = 10_000;
const REST_MILLISECONDS = 100;
// From here on a graph is too large to be known by heart: its minimap comes by itself, but on a phone, where it would
// cover too much.
const [LARGE_BOXES, PHONE_WIDTH] = [300, 640];

type Gesture =
  | { readonly kind: "pan"; readonly from: Camera; readonly x: number; readonly y: number }
  | { readonly kind: "marquee"; readonly x: number; readonly y: number; readonly before: ReadonlySet<string>; toX: number; toY: number }
  | { readonly kind: "drag"; readonly x: number; readonly y: number; readonly boxes: readonly number[]; readonly from: Float32Array; still: Paths | null };

/** `onZoom` gets the scale whenever it changes. */
export function createCanvasRoom(root: HTMLElement, store: EditorStore, layouts: LayoutClient, onZoom: (scale: number) => void = () => undefined): CanvasRoom {
  const surface = document.createElement("canvas");
  Object.assign(surface.style, { position: "absolute", inset: "0", width: "100%", height: "100%", touchAction: "none" });
  root.append(surface);
  Object.assign(root.dataset, { testid: "canvas", state: "loading", tier: "far", nodes: "0", edges: "0" });
  root.tabIndex = 0;
  const context = surface.getContext("2d", { alpha: false });
  if (!context) throw new Error("this browser draws no 2D canvas");
  const end = new AbortController();
  const { signal } = end;

  let colours = readColours(root);
  let camera: Camera = { x: 0, y: 0, scale: 1 };
  let placed: Placed | null = null;
  let paths: readonly Paths[] = [];
  let heat: readonly (HeatStep | null)[] | null = null;
  let laidOut: Float32Array | null = null;
  let gesture: Gesture | null = null;
  let isSpaceDown = false;
  let frame = 0;
  let wantsMap: boolean | null = null;
  let picture: { readonly bitmap: HTMLCanvasElement; readonly camera: Camera } | null = null;
  let rest = 0;
  /** Whether all is shown and no hand has moved the view since: then a change of the window's size fits again. */
  let isFitted = false;
  const pointers = new Map<number, readonly [number, number]>();

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
    if (placed && hasMap()) minimap.draw({ ...placed, heat, colours, camera, width, height });
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
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = colours.canvas ?? "";
      context.fillRect(0, 0, surface.width, surface.height);
      return;
    }
    const selection = outermost(store.getState().selection);
    root.dataset.tier = paint(context, { ...placed, paths, camera, width, height, pixelRatio, selection, colours, heat });
    if (gesture?.kind === "marquee") {
      context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
      context.strokeStyle = colours.accent ?? "";
      context.lineWidth = 1;
      context.strokeRect(gesture.x, gesture.y, gesture.toX - gesture.x, gesture.toY - gesture.y);
    }
  };

  const warm = (): void => {
    const { report, sketch, preview, heat: by } = store.getState();
    const shown = preview?.report ?? report;
    heat = shown && !sketch && by ? heatOf(shown, by) : null;
    picture = null;
  };

  const setCamera = (next: Camera): void => {
    if (placed && placed.scene.boxes.length > BITMAP_BOXES) {
      picture ??= { bitmap: copyOf(surface), camera };
      clearTimeout(rest);
      rest = setTimeout(() => {
        picture = null;
        redraw();
      }, REST_MILLISECONDS);
    }
    if (next.scale !== camera.scale) onZoom(next.scale);
    camera = next;
    isFitted = false;
    redraw();
  };

  const zoomAt = (x: number, y: number, wanted: number): void => {
    const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, wanted));
    setCamera({ scale, x: camera.x + x / camera.scale - x / scale, y: camera.y + y / camera.scale - y / scale });
  };

  const minimap = createMinimap(root, (x, y) => {
    const [width, height] = size();
    setCamera({ ...camera, x: x - width / camera.scale / 2, y: y - height / camera.scale / 2 });
  }, signal);

  const fitBoxes = (boxes: readonly number[]): void => {
    if (!placed || boxes.length === 0) return;
    const { positions } = placed;
    const { left, top, right, bottom } = bounds({ positions: Float32Array.from(boxes.flatMap((i) => corner(positions, i))) });
    const [width, height] = size();
    const fitted = Math.min((width - 2 * MARGIN) / (right - left), (height - 2 * MARGIN) / (bottom - top), 1);
    const scale = Math.max(MIN_SCALE, fitted);
    setCamera({ scale, x: (left + right) / 2 - width / scale / 2, y: (top + bottom) / 2 - height / scale / 2 });
  };

  const selectedBoxes = (): number[] => {
    const selection = outermost(store.getState().selection);
    return placed ? placed.scene.boxes.flatMap((box, i) => (selection.has(box.path) ? [i] : [])) : [];
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
    toggleMap: () => {
      wantsMap = !hasMap();
      redraw();
    },
    reveal: (path, how) => {
      const i = placed?.scene.boxes.findIndex((box) => box.path === path.split("/")[0]) ?? -1;
      if (i < 0) {
        // A layer that was just added is drawn when its check comes back.
        awaited = path;
      } else if (how === "centre") centre(i, Math.max(camera.scale, 0.8));
      else reveal(i);
    },
  };
  let awaited: string | null = null;

  /** Where the user put a box counts before the layout. The record speaks of a layer's first call. */
  const positionsOf = (scene: Scene, computed: Float32Array): Float32Array => {
    const positions = computed.slice();
    const records = store.getState().document?.records;
    scene.boxes.forEach((box, i) => {
      const at = box.nodeIndex === 0 ? records?.get(`view/positions/${box.path}`) : undefined;
      if (isArray(at) && typeof at[0] === "number" && typeof at[1] === "number") positions.set([at[0], at[1]], 2 * i);
    });
    return positions;
  };

  let pending = 0;
  const show = async (): Promise<void> => {
    const mine = (pending += 1);
    const { report, sketch, preview } = store.getState();
    // A preview is drawn as the model would be, what becomes other in the accent.
    const wanted = preview?.report ?? report;
    const changed = preview?.report && report ? changedLayers(report, preview.report) : undefined;
    const scene = sketch ? sceneOfSketch(sketch) : wanted ? sceneOf(wanted, changed) : null;
    if (!scene) return;
    let cells = placed?.cells;
    if (!placed || !cells || !laidOut || !isSameTopology(placed.scene, scene)) {
      const [width, height] = size();
      const start = performance.now();
      root.dataset.state = "loading";
      const result = await layouts.layout({ count: scene.boxes.length, edges: scene.edges, aspect: Math.max(0.2, width / Math.max(1, height)), height });
      if (!result || mine !== pending) return;
      ({ cells, positions: laidOut } = result);
      // Developers' tools and the bench read it.
      performance.measure("layout", { start });
    }
    const isFirst = placed === null || placed.scene.boxes.length === 0;
    placed = { scene, positions: positionsOf(scene, laidOut), cells };
    paths = [wirePaths(placed)];
    warm();
    if (isFirst || fitNext || isFitted) view.fit("all");
    picture = null;
    fitNext = false;
    if (awaited !== null) {
      const path = awaited;
      awaited = null;
      if (scene.boxes.some((box) => box.path === path)) view.reveal(path, "gently");
    }
    draw();
    Object.assign(root.dataset, { nodes: String(scene.boxes.length), edges: String(scene.edges.length / 2) });
    // A sketch is seen at once, but who waits for the model waits for what is known about it too.
    const isOpening = store.getState().status === "opening";
    root.dataset.state = isOpening ? "loading" : scene.boxes.length === 0 && report?.ok === false ? "error" : "ready";
  };

  const hit = (x: number, y: number): number | null => {
    if (!placed) return null;
    const [wx, wy] = [camera.x + x / camera.scale, camera.y + y / camera.scale];
    const found = visibleBoxes({ positions: placed.positions, camera: { x: wx, y: wy, scale: 1 }, width: 0, height: 0 });
    return found.at(-1) ?? null;
  };
  const local = (event: MouseEvent): readonly [number, number] => {
    const rect = root.getBoundingClientRect();
    return [event.clientX - rect.left, event.clientY - rect.top];
  };

  /** What a box is, where it is too small to say so itself. */
  const hover = (x: number, y: number): void => {
    const i = root.dataset.tier === "far" ? hit(x, y) : null;
    const said = placed && i !== null ? titleOf(placed.scene, i) : "";
    if (surface.title !== said) surface.title = said;
  };
  const onDouble = (event: MouseEvent): void => {
    const i = hit(...local(event));
    if (i !== null) centre(i, Math.max(camera.scale, 0.8));
  };

  const onDown = (event: PointerEvent): void => {
    const [x, y] = local(event);
    root.focus({ preventScroll: true });
    surface.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, [x, y]);
    if (event.button === 1 || isSpaceDown || pointers.size > 1) {
      gesture = { kind: "pan", from: camera, x, y };
      return;
    }
    if (event.button !== 0) return;
    const i = hit(x, y);
    const { selection } = store.getState();
    const path = i === null ? undefined : placed?.scene.boxes[i]?.path;
    if (path === undefined || !placed) {
      if (event.pointerType === "touch") gesture = { kind: "pan", from: camera, x, y };
      else gesture = { kind: "marquee", x, y, toX: x, toY: y, before: event.shiftKey ? selection : new Set() };
      return;
    }
    if (event.shiftKey) store.select(selection.has(path) ? [...selection].filter((other) => other !== path) : [...selection, path]);
    else if (!selection.has(path)) store.select([path]);
    if (!placed.scene.isSketch) gesture = { kind: "drag", x, y, boxes: selectedBoxes(), from: placed.positions.slice(), still: null };
  };

  const onMove = (event: PointerEvent): void => {
    const [x, y] = local(event);
    const before = pointers.get(event.pointerId);
    if (before) pointers.set(event.pointerId, [x, y]);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (before && other) {
      const ratio = Math.hypot(x - other[0], y - other[1]) / Math.max(1, Math.hypot(before[0] - other[0], before[1] - other[1]));
      zoomAt((x + other[0]) / 2, (y + other[1]) / 2, camera.scale * ratio);
      return;
    }
    if (!gesture) hover(x, y);
    if (gesture?.kind === "pan") {
      setCamera({ ...gesture.from, x: gesture.from.x - (x - gesture.x) / camera.scale, y: gesture.from.y - (y - gesture.y) / camera.scale });
    } else if (gesture?.kind === "marquee") {
      [gesture.toX, gesture.toY] = [x, y];
      redraw();
    } else if (gesture?.kind === "drag" && placed) {
      const [dx, dy] = [(x - gesture.x) / camera.scale, (y - gesture.y) / camera.scale];
      // A click shakes by a pixel or two; that moves nothing.
      if (!gesture.still && Math.hypot(x - gesture.x, y - gesture.y) < 4) return;
      const moving = new Set(gesture.boxes);
      const follows = (from: number, to: number): boolean => moving.has(from) || moving.has(to);
      gesture.still ??= wirePaths(placed, (from, to) => !follows(from, to));
      for (const i of gesture.boxes) {
        const [fromX, fromY] = corner(gesture.from, i);
        placed.positions.set([fromX + dx, fromY + dy], 2 * i);
      }
      paths = [gesture.still, wirePaths(placed, follows)];
      redraw();
    }
  };

  const onUp = (event: PointerEvent): void => {
    pointers.delete(event.pointerId);
    const ended = gesture;
    gesture = null;
    if (!placed) return;
    if (ended?.kind === "marquee") {
      const [left, top] = [Math.min(ended.x, ended.toX), Math.min(ended.y, ended.toY)];
      const area = { positions: placed.positions, camera: { x: camera.x + left / camera.scale, y: camera.y + top / camera.scale, scale: camera.scale } };
      const isClick = ended.x === ended.toX && ended.y === ended.toY;
      const found = isClick ? [] : visibleBoxes({ ...area, width: Math.abs(ended.toX - ended.x), height: Math.abs(ended.toY - ended.y) });
      store.select([...ended.before, ...found.flatMap((i) => placed?.scene.boxes[i]?.path ?? [])]);
      redraw();
    } else if (ended?.kind === "drag" && ended.still) {
      isFitted = false;
      const { scene, positions } = placed;
      const moved = ended.boxes.flatMap((i) => {
        const box = scene.boxes[i];
        return box?.nodeIndex === 0 ? [[box.path, corner(positions, i)] as const] : [];
      });
      store.edit(t("edit.move"), (open) => move(open, new Map(moved)));
    }
  };

  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    // A pinch on a touchpad comes as a wheel with Ctrl, in smaller steps.
    const [x, y] = local(event);
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    zoomAt(x, y, camera.scale * Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0015)));
  };

  /** The next box along a wire, or beside: up its first source, down its first consumer. */
  const walk = (key: string): void => {
    const from = selectedBoxes()[0];
    if (!placed || from === undefined) return;
    const { edges, boxes } = placed.scene;
    const near: number[] = [];
    for (let e = 0; e < edges.length; e += 2) {
      if (key === "ArrowDown" && edges[e] === from) near.push(edges[e + 1] ?? 0);
      if (key === "ArrowUp" && edges[e + 1] === from) near.push(edges[e] ?? 0);
    }
    const step = key === "ArrowRight" ? 1 : -1;
    const next = key === "ArrowDown" || key === "ArrowUp" ? near[0] : from + step;
    const path = next === undefined ? undefined : boxes[next]?.path;
    if (path !== undefined && next !== undefined) {
      store.select([path]);
      reveal(next);
    }
  };
  const reveal = (i: number): void => {
    if (!placed) return;
    const [width, height] = size();
    const [x, y] = corner(placed.positions, i);
    const [sx, sy] = [(x - camera.x) * camera.scale, (y - camera.y) * camera.scale];
    const [ex, ey] = [sx + BOX.width * camera.scale, sy + BOX.height * camera.scale];
    const covered = minimap.area();
    const isCovered = covered !== null && ex > covered.left && sx < covered.right && ey > covered.top && sy < covered.bottom;
    if (sx < 0 || sy < 0 || ex > width || ey > height || isCovered) centre(i, camera.scale);
  };
  const centre = (i: number, scale: number): void => {
    if (!placed) return;
    const [width, height] = size();
    const [x, y] = corner(placed.positions, i);
    setCamera({ scale, x: x + BOX.width / 2 - width / scale / 2, y: y + BOX.height / 2 - height / scale / 2 });
  };

  const onKey = (event: KeyboardEvent): void => {
    if (event.key === " ") isSpaceDown = true;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow")) walk(event.key);
    else if (event.key !== " ") return;
    event.preventDefault();
  };

  const locate = (name: string): DOMRect | null => {
    const i = placed?.scene.boxes.findIndex((box) => box.name === name || box.path === name || box.path === escapeName(name.split("/")[0] ?? "")) ?? -1;
    if (!placed || i < 0) return null;
    const rect = root.getBoundingClientRect();
    const [x, y] = corner(placed.positions, i);
    return new DOMRect(rect.left + (x - camera.x) * camera.scale, rect.top + (y - camera.y) * camera.scale, BOX.width * camera.scale, BOX.height * camera.scale);
  };

  const retheme = (): void => {
    colours = readColours(root);
    picture = null;
    redraw();
  };

  let fitNext = true;
  const unsubscribe = store.subscribe((state, before) => {
    // Who waits for a model that is being opened must not take the one before for it.
    if (state.status === "opening") root.dataset.state = "loading";
    else if (before.status === "opening" && state.report === before.report && state.sketch === before.sketch) root.dataset.state = placed ? "ready" : "error";
    // Another model, not a change of this one: it is shown whole. The document of a sketch stands where that stood.
    if (state.sketch !== before.sketch ? state.sketch : state.document !== before.document && !state.sketch) [fitNext, laidOut] = [true, null];
    if (state.document !== before.document && !state.document && !state.sketch) placed = null;
    if (state.report !== before.report || state.document !== before.document || state.sketch !== before.sketch || state.preview?.report !== before.preview?.report) void show();
    else if (state.revision !== before.revision && placed && laidOut) {
      placed = { ...placed, positions: positionsOf(placed.scene, laidOut) };
      paths = [wirePaths(placed)];
      redraw();
    }
    if (state.heat !== before.heat) {
      warm();
      redraw();
    }
    if (state.language !== before.language) void show();
    if (state.selection !== before.selection) redraw();
  });
  surface.addEventListener("pointerdown", onDown, { signal });
  surface.addEventListener("pointermove", onMove, { signal });
  surface.addEventListener("pointerup", onUp, { signal });
  surface.addEventListener("pointercancel", onUp, { signal });
  surface.addEventListener("dblclick", onDouble, { signal });
  surface.addEventListener("wheel", onWheel, { signal, passive: false });
  root.addEventListener("keydown", onKey, { signal });
  window.addEventListener("keyup", (event) => { if (event.key === " ") isSpaceDown = false; }, { signal });
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
      themes.disconnect();
      sizes.disconnect();
      clearTimeout(rest);
      cancelAnimationFrame(frame);
      root.replaceChildren();
      delete window.layerwright;
    },
  };
}

function titleOf({ boxes, textOf, isSketch }: Scene, i: number): string {
  const [box, said] = [boxes[i], textOf(i)];
  const what = `${box?.name ?? ""} · ${box?.className ?? ""}`;
  return isSketch ? what : `${what}\n${said.hasInput ? `${said.input} → ` : ""}${said.shape}\n${t("stage.parameters", { count: said.parameters })}`;
}

/** Boxes are drawn for outermost layers; who selects inside a nested model selects its box. */
function outermost(selection: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...selection].map((path) => path.split("/")[0] ?? path));
}

function copyOf(surface: HTMLCanvasElement): HTMLCanvasElement {
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [surface.width, surface.height];
  copy.getContext("2d")?.drawImage(surface, 0, 0);
  return copy;
}
