import type { Camera } from "../commands";
import type { Point } from "../deeds";
import { pathText } from "../format";
import { sequence } from "../intents/change";
import { commonFrame, joinFrame } from "../intents/frames";
import { move, moveGroups } from "../intents/view";
import { isLoose, splice, type Source } from "../intents/wires";
import type { ReadingStore } from "../reading";
import type { EditorStore } from "../store";
import type { Spot } from "../ui";
import { t } from "../words/words";
import { callPortAt } from "./boxes";
import type { Colours } from "./colours";
import { createConnection, type Connection } from "./connection";
import { titleOf } from "./marks";
import { paintConnection } from "./painter";
import { corner, visibleBoxes, type Paths, type Placed, type PortSpot } from "./placed";
import { callText, pathsOf, type Box, type Wire } from "./scene";
import { boxAt, crossingAt, outermost, outPortAt, spotsOf, withFrames, withInside, worldOf } from "./spots";
import { wireAt, wirePaths } from "./wires";

// What a hand does on the canvas with a mouse, a pen or fingers: gestures, and what lies under it.

/** What a hand works on: the picture and the view of a room. */
export interface Ground {
  readonly root: HTMLElement;
  readonly surface: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  /** What is said at the pointer. */
  readonly tip: HTMLElement;
  readonly placed: Placed | null;
  readonly camera: Camera;
  paths: readonly Paths[];
  /** The box that keys start from. */
  cursor: string | null;
  isFitted: boolean;
  readonly size: () => readonly [width: number, height: number];
  readonly bounded: (scale: number) => number;
  readonly setCamera: (next: Camera) => void;
  readonly zoomAt: (x: number, y: number, scale: number) => void;
  /** Shows a box in the middle, large enough to be read. */
  readonly approach: (i: number) => void;
  readonly toggle: (i: number) => void;
  readonly selectedBoxes: () => number[];
  readonly redraw: () => void;
  /** The minimap and what else lies over the canvas have their own. */
  readonly isOwn: (event: Event) => boolean;
}
export interface HandOptions {
  readonly store: EditorStore;
  readonly reading: ReadingStore;
  /** Whether a layer takes a list of tensors. */
  readonly takesList: (path: string) => boolean;
  /** A wire was let go where nothing is. */
  readonly onVoid: (from: Source, x: number, y: number) => void;
  /** A frame's title was clicked twice; its layers are selected. */
  readonly onTitle: () => void;
}
export interface Hand {
  readonly spotAt: (clientX: number, clientY: number) => Spot;
  readonly world: (x: number, y: number) => Point;
  /** Where the pointer is, in the graph's measure; null: elsewhere. */
  readonly pointer: () => Point | null;
  /** The port of a call that the pointer is on. */
  readonly pointed: () => PortSpot | null;
  /** The boxes were placed anew, over those of before: what is dragged stays in the hand. */
  readonly replaced: (before: Placed | null) => void;
  readonly isBusy: () => boolean;
  /** Whether what is drawn is what a hand would change. */
  readonly isInHand: () => boolean;
  readonly holdSpace: (isDown: boolean) => void;
  /** Draws what the hand is about to do. */
  readonly paint: (pixelRatio: number, colours: Colours) => void;
}

// A finger that rests as long asks for the menu, and one that strays less has not moved.
const [LONG_MILLISECONDS, TAP_REACH] = [600, 8];
// How near a hand must come to where a wire begins, and to a wire, in pixels; ports are drawn from that scale on.
const [PORT_REACH, WIRE_REACH, PORT_SCALE] = [12, 6, 0.5];

type Gesture =
  | { readonly kind: "pan"; readonly from: Camera; readonly x: number; readonly y: number; /** What a finger came down on, as long as it may be a tap. */ tapped: Tapped | null }
  | { readonly kind: "pinch" }
  | { readonly kind: "marquee"; readonly x: number; readonly y: number; readonly before: ReadonlySet<string>; toX: number; toY: number }
  | { readonly kind: "connect"; readonly connection: Connection; toX: number; toY: number }
  | { readonly kind: "drag"; readonly x: number; readonly y: number; boxes: readonly number[]; from: Float32Array; /** How far it has gone, in the graph's measure. */ by: Point; all: ReadonlySet<number> | null; still: Paths | null; isLoose: boolean; wire: Wire | null };

type Drag = Gesture & { readonly kind: "drag" };

/** A box, or nothing of the graph, and the port of a call. */
interface Tapped {
  readonly box: number | null;
  readonly call: PortSpot | null;
}

export function createHand(ground: Ground, { store, reading, takesList, onVoid, onTitle }: HandOptions, signal: AbortSignal): Hand {
  const { root, surface, context, tip } = ground;
  let gesture: Gesture | null = null;
  let isSpaceDown = false;
  const pointers = new Map<number, readonly [number, number]>();
  /** When a pointer last came down, and how often one did. */
  let pressed = 0;
  let presses = 0;
  let pointed: PortSpot | null = null;
  let under: Point | null = null;
  /** What the first click of a double click let go. */
  let letGo: { readonly paths: ReadonlySet<string>; readonly press: number } | null = null;

  const world = (x: number, y: number): Point => worldOf(ground.camera, x, y);
  const hit = (x: number, y: number): number | null => (ground.placed ? boxAt(ground.placed, world(x, y)) : null);
  const local = (event: MouseEvent): readonly [number, number] => {
    const rect = root.getBoundingClientRect();
    return [event.clientX - rect.left, event.clientY - rect.top];
  };

  const isInHand = (): boolean => ground.placed !== null && !ground.placed.scene.isSketch && reading.getState().comparison === null;

  /** The port of one of several calls that is there. */
  const portUnder = (x: number, y: number): PortSpot | null => (ground.placed && ground.camera.scale >= PORT_SCALE ? callPortAt(ground.placed, ...world(x, y), PORT_REACH / ground.camera.scale) : null);
  const callAt = ({ box, port }: PortSpot): number => ground.placed?.scene.boxes[box]?.ports[port]?.nodeIndex ?? 0;

  /** What is there, for a hand that is about to do something with it. */
  const spotAt = (clientX: number, clientY: number): Spot => {
    const rect = root.getBoundingClientRect();
    const [x, y] = [clientX - rect.left, clientY - rect.top];
    const nothing: Spot = { kind: "void", at: [clientX, clientY] };
    if (!ground.placed || !isInHand()) return nothing;
    const { boxes } = ground.placed.scene;
    const port = ground.camera.scale < PORT_SCALE ? null : outPortAt(ground.placed, world(x, y), PORT_REACH / ground.camera.scale);
    const own = portUnder(x, y);
    if (own) return { kind: own.side === "out" ? "port" : "layer", path: boxes[own.box]?.path ?? "", nodeIndex: callAt(own) };
    const i = port ?? hit(x, y);
    const box = i === null ? undefined : boxes[i];
    if (box?.frame) return { kind: "frame", paths: box.paths };
    if (box) return box.kind === "call" ? { kind: port === null ? "layer" : "port", path: box.path, nodeIndex: box.nodeIndex } : nothing;
    const drawn = ground.paths.at(-1);
    const wire = drawn ? wireAt(context, ground.placed, drawn, ...world(x, y), WIRE_REACH / ground.camera.scale) : null;
    const ends = wire === null ? null : ground.placed.scene.wireOf(wire);
    return ends ? { kind: "wire", ...ends } : nothing;
  };

  /** Whether a place is on the chevron of what can be opened or closed. */
  const isOnTwist = (i: number, x: number, y: number): boolean => {
    const box = ground.placed?.scene.boxes[i];
    if (!ground.placed || !box || box.layers === 0) return false;
    const [left, top] = corner(ground.placed.positions, i);
    const [wx, wy] = world(x, y);
    const [dx, dy] = [wx - left, wy - top];
    return dx < 28 && (box.isOpen || dy > 36) && ground.camera.scale > 0.3;
  };

  /** What a box is, where it is too small to say so itself. */
  const hover = (x: number, y: number): void => {
    const port = portUnder(x, y);
    if (port?.box !== pointed?.box || port?.port !== pointed?.port) {
      pointed = port;
      ground.redraw();
    }
    const i = root.dataset.tier === "far" ? hit(x, y) : null;
    const [box, call] = port ? [ground.placed?.scene.boxes[port.box], ground.placed?.scene.boxes[port.box]?.ports[port.port]] : [];
    const said = box && call ? callText(box, call) : ground.placed && i !== null ? titleOf(ground.placed.scene, i) : "";
    if (surface.title !== said) surface.title = said;
  };
  const onDouble = (event: MouseEvent): void => {
    const i = hit(...local(event));
    if (!ground.isOwn(event)) return;
    // What was selected before is what a new layer follows: the first click meant nothing by itself.
    if (i === null && letGo?.press === presses - 1) store.select(letGo.paths);
    if (i === null) return;
    // What opens may leave the pointer over nothing, where a double click would add a layer.
    event.preventDefault();
    const isGroup = (ground.placed?.scene.boxes[i]?.layers ?? 0) > 0;
    if (!isGroup) ground.approach(i);
    else if (isOnTwist(i, ...local(event))) return;
    else if (ground.placed?.scene.boxes[i]?.frame && ground.placed.scene.boxes[i].isOpen) onTitle();
    else ground.toggle(i);
  };
  /** Leaves what a hand was about to do: a second finger came, or the browser took it away. */
  const abandon = (): void => {
    const left = gesture;
    gesture = null;
    if (left?.kind === "connect") {
      left.connection.end();
      showTip();
    } else if (left?.kind === "drag" && left.still && ground.placed) {
      ground.placed.positions.set(left.from);
      ground.paths = [wirePaths(ground.placed)];
      tip.hidden = true;
    }
    ground.redraw();
  };
  const choose = (i: number, call: PortSpot | null, isAdding: boolean): void => {
    const box = ground.placed?.scene.boxes[i];
    if (!box) return;
    const { selection } = store.getState();
    ground.cursor = box.id;
    const own = pathsOf(box);
    const isAll = own.every((path) => selection.has(path));
    if (isAdding) store.select(isAll ? [...selection].filter((path) => !own.includes(path)) : [...selection, ...own]);
    else if (!isAll || box.isOpen) store.select(own);
    // A port, or a box that is one call, singles that call out; the body of a layer's box means all of them.
    if (box.kind === "call" && !isAdding) reading.setState({ call: call ? { path: box.path, nodeIndex: callAt(call) } : box.ports.length > 0 ? null : { path: box.path, nodeIndex: box.nodeIndex } });
  };
  const letAllGo = (): void => {
    const { selection } = store.getState();
    if (selection.size > 0) letGo = { paths: selection, press: presses };
    store.select([]);
  };

  const onDown = (event: PointerEvent): void => {
    if (!ground.isOwn(event)) return;
    const [x, y] = local(event);
    root.focus({ preventScroll: true });
    root.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, [x, y]);
    pressed = event.timeStamp;
    presses += 1;
    if (pointers.size > 1) {
      abandon();
      gesture = { kind: "pinch" };
      return;
    }
    if (event.button === 1 || isSpaceDown) {
      gesture = { kind: "pan", from: ground.camera, x, y, tapped: null };
      return;
    }
    if (event.button !== 0) return;
    const port = outPort(x, y, event.pointerType === "touch" ? 22 : 12);
    if (port) {
      if (port.ports.length > 0) {
        // A press on it singles its call out, a pull draws a wire from there.
        store.select([port.path]);
        reading.setState({ call: { path: port.path, nodeIndex: port.nodeIndex } });
        ground.cursor = port.id;
      }
      const connection = createConnection({ store, from: port, takesList, onVerdict: () => { showTip(); ground.redraw(); } });
      gesture = { kind: "connect", connection, toX: x, toY: y };
      return;
    }
    const call = portUnder(x, y);
    const i = call ? call.box : hit(x, y);
    const { selection } = store.getState();
    const box = i === null ? undefined : ground.placed?.scene.boxes[i];
    // Boxes fill the window of a phone: a finger moves what is selected, and the view everywhere else.
    if (event.pointerType === "touch" && !(box && i !== null && (isOnTwist(i, x, y) || pathsOf(box).every((path) => selection.has(path))))) {
      gesture = { kind: "pan", from: ground.camera, x, y, tapped: { box: i, call } };
      return;
    }
    if (!box || !ground.placed || i === null) {
      gesture = { kind: "marquee", x, y, toX: x, toY: y, before: event.shiftKey ? selection : new Set() };
      return;
    }
    if (isOnTwist(i, x, y)) {
      ground.toggle(i);
      return;
    }
    choose(i, call, event.shiftKey);
    if (isInHand()) gesture = { kind: "drag", x, y, boxes: dragged(i), from: ground.placed.positions.slice(), by: [0, 0], all: null, still: null, isLoose: box.kind === "call" && box.takesInput && isLooseLayer(box.path), wire: null };
  };

  /** The layer whose output port is under the hand. */
  const outPort = (x: number, y: number, reach: number): Box | null => {
    if (!ground.placed || !isInHand() || root.dataset.tier === "far") return null;
    const call = portUnder(x, y);
    const own = call?.side === "out" ? ground.placed.scene.boxes[call.box] : undefined;
    if (own && call) return own.isOpen ? null : { ...own, nodeIndex: callAt(call) };
    return ground.placed.scene.boxes[outPortAt(ground.placed, world(x, y), reach / ground.camera.scale) ?? -1] ?? null;
  };
  /** The box that a wire would end at: under the hand, or just below it. */
  const endOf = (x: number, y: number): Box | null => {
    const port = portUnder(x, y);
    const i = port?.box ?? hit(x, y) ?? hit(x, y + 12);
    const found = i === null ? undefined : ground.placed?.scene.boxes[i];
    const box = found && port ? { ...found, nodeIndex: callAt(port) } : found;
    return box?.kind === "call" && !box.isOpen ? box : null;
  };
  const showTip = (): void => {
    const verdict = gesture?.kind === "connect" ? gesture.connection.verdict() : null;
    tip.hidden = verdict === null;
    if (gesture?.kind !== "connect" || !verdict) return;
    tip.dataset.verdict = verdict.kind;
    const lines = verdict.kind === "asking" ? [t("reading.wire.asking")] : verdict.kind === "fits" ? [verdict.says] : [verdict.says, t("reading.wire.force")];
    const said = lines.join("\n");
    if (tip.textContent !== said) tip.textContent = said;
    // At the pointer, and never outside of the canvas.
    const [width, height] = ground.size();
    tip.style.translate = `${Math.max(8, Math.min(gesture.toX + 16, width - tip.offsetWidth - 8))}px ${Math.max(8, Math.min(gesture.toY + 16, height - tip.offsetHeight - 8))}px`;
  };

  /** The selected boxes and the one under the hand, without those inside of others. */
  const dragged = (held: number): number[] => {
    if (!ground.placed) return [];
    const { scene } = ground.placed;
    return outermost(scene.boxes, withFrames(scene, scene.boxes[held]?.isOpen ? [held] : [...ground.selectedBoxes(), held]));
  };

  const isLooseLayer = (path: string): boolean => {
    const { document } = store.getState();
    return document !== null && isLoose(document, path);
  };
  /** The wire under the middle of a loose layer that is dragged. */
  const wireBelow = ({ boxes, still, isLoose: isOne }: Drag): Wire | null => {
    const [i] = boxes;
    if (!ground.placed || !still || !isOne || i === undefined || boxes.length > 1) return null;
    const [[left, top], [width, height]] = [corner(ground.placed.positions, i), corner(ground.placed.sizes, i)];
    const wire = wireAt(context, ground.placed, still, left + width / 2, top + height / 2, height / 2);
    return wire === null ? null : ground.placed.scene.wireOf(wire);
  };
  const showLanding = ({ wire, boxes }: Gesture & { readonly kind: "drag" }, x: number, y: number): void => {
    const crossing = wire || !under || !ground.placed ? null : crossingAt(ground.placed, boxes, under);
    tip.hidden = wire === null && crossing === null;
    tip.dataset.verdict = "fits";
    if (wire) tip.textContent = t("reading.wire.splice", { from: pathText(wire.from.path), to: pathText(wire.to.path) });
    else if (crossing) tip.textContent = t(crossing.to < 0 ? "edit.frame-leave" : "edit.frame-join", { name: crossing.frame.name });
    else return;
    tip.style.translate = `${x + 16}px ${y + 16}px`;
  };

  /** Puts what is dragged where the hand is. */
  const carry = (drag: Drag, placed: Placed): void => {
    const all = (drag.all ??= withInside(placed.scene.boxes, drag.boxes));
    const follows = (from: number, to: number): boolean => all.has(from) || all.has(to);
    drag.still ??= wirePaths(placed, (from, to) => !follows(from, to));
    for (const i of all) {
      const [fromX, fromY] = corner(drag.from, i);
      placed.positions.set([fromX + drag.by[0], fromY + drag.by[1]], 2 * i);
    }
    ground.paths = [drag.still, wirePaths(placed, follows)];
  };
  /** An answer of the service that comes in the middle of a drag places the boxes anew, where they were before it. */
  const replaced = (before: Placed | null): void => {
    pointed = null;
    if (gesture?.kind !== "drag" || !ground.placed) return;
    const numbers = new Map(ground.placed.scene.boxes.map((box, i) => [box.id, i]));
    const boxes = gesture.boxes.map((i) => numbers.get(before?.scene.boxes[i]?.id ?? ""));
    if (!boxes.every((i) => i !== undefined)) {
      gesture = null;
      tip.hidden = true;
      return;
    }
    const isMoved = gesture.still !== null;
    Object.assign(gesture, { boxes, from: ground.placed.positions.slice(), all: null, still: null, wire: null });
    if (!isMoved) return;
    carry(gesture, ground.placed);
    gesture.wire = wireBelow(gesture);
  };

  const onMove = (event: PointerEvent): void => {
    const [x, y] = local(event);
    under = world(x, y);
    const before = pointers.get(event.pointerId);
    if (before) pointers.set(event.pointerId, [x, y]);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (gesture?.kind === "pinch") {
      if (!before || !other) return;
      const ratio = Math.hypot(x - other[0], y - other[1]) / Math.max(1, Math.hypot(before[0] - other[0], before[1] - other[1]));
      // What was between the fingers stays between them.
      const scale = ground.bounded(ground.camera.scale * ratio);
      const [wx, wy] = world((before[0] + other[0]) / 2, (before[1] + other[1]) / 2);
      ground.setCamera({ scale, x: wx - (x + other[0]) / 2 / scale, y: wy - (y + other[1]) / 2 / scale });
      return;
    }
    if (!gesture) hover(x, y);
    if (gesture?.kind === "pan") {
      if (gesture.tapped && Math.hypot(x - gesture.x, y - gesture.y) < TAP_REACH) return;
      gesture.tapped = null;
      ground.setCamera({ ...gesture.from, x: gesture.from.x - (x - gesture.x) / ground.camera.scale, y: gesture.from.y - (y - gesture.y) / ground.camera.scale });
    } else if (gesture?.kind === "marquee") {
      [gesture.toX, gesture.toY] = [x, y];
      ground.redraw();
    } else if (gesture?.kind === "connect") {
      [gesture.toX, gesture.toY] = [x, y];
      gesture.connection.over(endOf(x, y));
      showTip();
      ground.redraw();
    } else if (gesture?.kind === "drag" && ground.placed) {
      gesture.by = [(x - gesture.x) / ground.camera.scale, (y - gesture.y) / ground.camera.scale];
      // A click shakes by a pixel or two; that moves nothing.
      if (!gesture.still && Math.hypot(x - gesture.x, y - gesture.y) < 4) return;
      carry(gesture, ground.placed);
      gesture.wire = wireBelow(gesture);
      showLanding(gesture, x, y);
      ground.redraw();
    }
  };

  const onUp = (event: PointerEvent): void => {
    pointers.delete(event.pointerId);
    if (gesture?.kind === "pinch") {
      // The finger that stays goes on moving the view.
      const [left] = pointers.values();
      gesture = left ? { kind: "pan", from: ground.camera, x: left[0], y: left[1], tapped: null } : null;
      return;
    }
    if (event.type === "pointercancel") {
      abandon();
      return;
    }
    const ended = gesture;
    gesture = null;
    if (ended?.kind === "connect") {
      const isDropped = ended.connection.drop(event.shiftKey);
      const { from } = ended.connection;
      if (!isDropped && spotAt(event.clientX, event.clientY).kind === "void") onVoid({ path: from.path, nodeIndex: from.nodeIndex, tensorIndex: 0 }, event.clientX, event.clientY);
      ended.connection.end();
      showTip();
    }
    if (!ground.placed) return;
    ground.redraw();
    if (ended?.kind === "pan" && ended.tapped && event.timeStamp - pressed < LONG_MILLISECONDS) {
      if (ended.tapped.box !== null) choose(ended.tapped.box, ended.tapped.call, false);
      else letAllGo();
    } else if (ended?.kind === "marquee") {
      const [left, top] = [Math.min(ended.x, ended.toX), Math.min(ended.y, ended.toY)];
      const [wx, wy] = world(left, top);
      const area = { ...ground.placed, camera: { x: wx, y: wy, scale: ground.camera.scale } };
      const isClick = ended.x === ended.toX && ended.y === ended.toY;
      const found = isClick ? [] : visibleBoxes({ ...area, width: Math.abs(ended.toX - ended.x), height: Math.abs(ended.toY - ended.y) });
      if (isClick && ended.before.size === 0) letAllGo();
      else store.select([...ended.before, ...found.flatMap((i) => { const box = ground.placed?.scene.boxes[i]; return box && !box.isOpen ? pathsOf(box) : []; })]);
    } else if (ended?.kind === "drag" && ended.still) {
      ground.isFitted = false;
      const { scene, positions } = ground.placed;
      const crossing = !ended.wire && under ? crossingAt(ground.placed, ended.boxes, under) : null;
      const { layers, groups } = spotsOf(ground.placed, ended.boxes.map((i) => [i, corner(positions, i)]), crossing);
      tip.hidden = true;
      const [i] = ended.boxes;
      const path = i === undefined ? undefined : scene.boxes[i]?.path;
      const { wire } = ended;
      if (wire && path !== undefined) {
        // The layout puts it between the two.
        store.edit(t("edit.splice", { name: pathText(path), from: pathText(wire.from.path), to: pathText(wire.to.path) }), (open) =>
          sequence(open, [(now) => splice(now, path, wire.from, wire.to, takesList(path) ? "list" : "one"), (now) => move(now, new Map([[path, null]])), (now) => joinFrame(now, [path], commonFrame(now, [wire.from.path, wire.to.path]))]));
      } else if (crossing) {
        const crossed = crossing.boxes.flatMap((one) => { const box = scene.boxes[one]; return box ? pathsOf(box) : []; });
        store.edit(t(crossing.to < 0 ? "edit.frame-leave" : "edit.frame-join", { name: crossing.frame.name }), (open) =>
          sequence(open, [(now) => joinFrame(now, crossed, crossing.to < 0 ? null : crossing.frame.id), (now) => moveGroups(now, layers, groups)]));
      } else store.edit(t("edit.move"), (open) => (groups.size > 0 ? moveGroups(open, layers, groups) : move(open, layers)));
    }
  };

  const onTouchEnd = (event: TouchEvent): void => {
    // The clicks that browsers make up for mice would take the focus from the menu that a long press has opened.
    if (event.timeStamp - pressed > LONG_MILLISECONDS) event.preventDefault();
  };

  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    // A pinch on a touchpad comes as a wheel with Ctrl, in smaller steps.
    const [x, y] = local(event);
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    ground.zoomAt(x, y, ground.camera.scale * Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0015)));
  };

  const paint = (pixelRatio: number, colours: Colours): void => {
    const { placed, camera } = ground;
    if (gesture?.kind === "connect" && placed) paintConnection(context, gesture, { placed, camera, pixelRatio, colours });
    if (gesture?.kind !== "marquee") return;
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    context.strokeStyle = colours.accent ?? "";
    context.lineWidth = 1;
    context.strokeRect(gesture.x, gesture.y, gesture.toX - gesture.x, gesture.toY - gesture.y);
  };

  root.addEventListener("pointerdown", onDown, { signal });
  root.addEventListener("pointermove", onMove, { signal });
  root.addEventListener("pointerleave", () => { under = null; }, { signal });
  root.addEventListener("pointerup", onUp, { signal });
  root.addEventListener("pointercancel", onUp, { signal });
  root.addEventListener("touchend", onTouchEnd, { signal, passive: false });
  root.addEventListener("dblclick", onDouble, { signal });
  root.addEventListener("wheel", onWheel, { signal, passive: false });
  return {
    spotAt,
    world,
    pointer: () => under,
    pointed: () => pointed,
    replaced,
    isBusy: () => gesture !== null,
    isInHand,
    holdSpace: (isDown) => { isSpaceDown = isDown; },
    paint,
  };
}
