import type { Camera } from "../commands";
import { GLYPHS } from "../family";
import { pathText } from "../format";
import { BOX } from "../layout/layout";
import { t } from "../words/words";
import type { Addressed } from "../reading";
import { pillOf } from "./boxes";
import { corner, isBoxSelected, type Highlight, type Placed } from "./placed";
import type { Paint } from "./paints";
import { PIN, portOf } from "./ports";
import { callText, spokenOf, type Box } from "./scene";

// The near tier: what can be read is there as elements too, for screen readers, for the browser's own search and for
// tests. They lie over the same picture on the canvas, so that nothing jumps when they come and go.

const [MOST_BOXES, LEAST_SCALE] = [150, 0.6];

export function isNear(visible: number, scale: number): boolean {
  return visible <= MOST_BOXES && scale >= LEAST_SCALE;
}

export interface NearView {
  readonly placed: Placed;
  readonly paint: Paint;
  readonly camera: Camera;
  readonly visible: readonly number[];
  readonly selection: ReadonlySet<string>;
  readonly highlight: Highlight | null;
  readonly call: Addressed | null;
  readonly pinned: ReadonlySet<number>;
}
export interface NearTier {
  show(view: NearView): void;
  clear(): void;
  contains(target: EventTarget | null): boolean;
}

export function createNearTier(root: HTMLElement): NearTier {
  const layer = document.createElement("div");
  Object.assign(layer, { className: "near", hidden: true, role: "listbox", ariaLabel: t("reading.view"), ariaMultiSelectable: "true" });
  root.append(layer);
  let shown: NearView | null = null;
  let elements = new Map<number, HTMLElement>();
  return {
    show: (view) => {
      const { placed, camera, visible, paint } = view;
      const isSame = shown?.placed.scene === placed.scene && shown.paint === paint;
      const next = new Map<number, HTMLElement>();
      for (const i of visible) {
        const box = placed.scene.boxes[i];
        if (!box || box.isOpen) continue;
        const element = (isSame ? elements.get(i) : undefined) ?? elementOf(view, box, i);
        const [x, y] = corner(placed.positions, i);
        element.style.translate = `${x}px ${y}px`;
        const isSelected = isBoxSelected(box, view.selection);
        element.classList.toggle("is-sel", isSelected);
        element.ariaSelected = String(isSelected);
        for (const port of element.querySelectorAll<HTMLElement>(".callport")) light(port, box, isSelected && view.call?.path === box.path && port.dataset.port === String(view.call.nodeIndex));
        showPin(element, placed.scene, i, view.pinned.has(i));
        const count = view.highlight?.found.get(i) ?? 0;
        // Every call of a layer that was found is ringed; the layer counts once.
        element.classList.toggle("is-found", view.highlight?.found.has(i) === true);
        element.classList.toggle("is-at", view.highlight?.at === i);
        if (count > 0 && box.layers > 0) element.dataset.found = count.toLocaleString("en");
        else delete element.dataset.found;
        next.set(i, element);
      }
      for (const [i, element] of elements) if (next.get(i) !== element) element.remove();
      for (const element of next.values()) if (element.parentNode !== layer) layer.append(element);
      elements = next;
      shown = view;
      layer.style.transform = `scale(${camera.scale}) translate(${-camera.x}px, ${-camera.y}px)`;
      layer.hidden = false;
    },
    clear: () => {
      layer.hidden = true;
    },
    contains: (target) => target instanceof Node && layer.contains(target),
  };
}

/** Says of a box that it is pinned, or no more. */
function showPin(element: HTMLElement, scene: Placed["scene"], i: number, isPinned: boolean): void {
  if (element.classList.contains("is-pinned") === isPinned) return;
  element.classList.toggle("is-pinned", isPinned);
  const said = element.querySelector(".vh");
  if (said) said.textContent = isPinned ? t("reading.says.pinned", { box: spokenOf(scene, i) }) : spokenOf(scene, i);
  element.querySelector(".pin")?.remove();
  if (!isPinned) return;
  const pin = make("span", "pin");
  pin.title = t("reading.pinned");
  pin.setAttribute("aria-hidden", "true");
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  const stroke = document.createElementNS("http://www.w3.org/2000/svg", "path");
  stroke.setAttribute("d", PIN);
  picture.append(stroke);
  pin.append(picture);
  element.append(pin);
}

function elementOf({ placed: { scene }, paint }: NearView, box: Box, i: number): HTMLElement {
  const { said, shape, parameters, dtype } = scene.textOf(i);
  const token = paint.tokens[i] ?? "f-op";
  const element = make("div", ["box", ...(box.kind === "repeat" ? ["is-repeat"] : []), ...(box.mark ? [`is-${box.mark.kind}`] : []), ...(box.isPreview ? ["is-preview"] : []), ...(box.isOff ? ["is-off"] : []), ...(box.isLoose ? ["is-loose"] : []), ...(box.ports.length > 0 ? ["has-calls"] : []), ...(box.isUnknown ? ["is-unknown"] : []), ...(paint.isFilled ? ["is-filled"] : [])].join(" "));
  element.setAttribute("role", "option");
  if (box.kind === "call") element.dataset.layer = pathText(box.path);
  else element.dataset.group = box.name;
  if (box.nodeIndex > 0) element.dataset.call = String(box.nodeIndex);
  element.style.setProperty("--f", `var(--${token})`);
  Object.assign(element.style, { width: `${BOX.width}px`, height: `${BOX.height}px` });
  element.title = titleOf(box, said, shape, parameters);
  const spine = make("span", "spine");
  const glyph = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  glyph.setAttribute("viewBox", "0 0 16 16");
  const stroke = document.createElementNS("http://www.w3.org/2000/svg", "path");
  stroke.setAttribute("d", GLYPHS[box.family]);
  glyph.append(stroke);
  spine.append(glyph);
  if (box.layers > 0) spine.append(make("i", "twist"));
  const first = make("span", "ln");
  first.append(make("b", "nm", box.nodeIndex === 0 ? box.name : `${box.name} [${box.nodeIndex}]`), make("span", "ty", box.times > 0 ? `×${box.times.toLocaleString("en")}` : box.className));
  const last = make("span", "ln");
  last.append(make("span", /\d/.test(shape) ? "shp" : "shp is-word", shape), make("span", "cnt", parameters));
  element.append(spine, first, make("span", "ln said", said), last);
  if (box.mark) element.append(make("span", `tag ${box.mark.kind}`, `${box.mark.kind === "error" ? "⊗" : "△"} ${box.mark.count === 1 ? box.mark.text : t("reading.problems", { n: box.mark.count })}`));
  if (box.ports.length > 0) element.append(...portsOf(box));
  else element.append(make("i", `port out ${portOf(dtype)}`));
  if (box.takesInput && box.ports.length === 0) element.append(make("i", `port in ${portOf(inputTypeOf(scene, i))}`));
  for (const part of element.children) part.setAttribute("aria-hidden", "true");
  element.append(make("span", "vh", spokenOf(scene, i)));
  return element;
}

function portsOf(box: Box): HTMLElement[] {
  return box.ports.flatMap((port, k) => (["in", "out"] as const).map((side) => {
    const element = make("span", `callport ${side}`);
    element.dataset.port = String(port.nodeIndex);
    element.title = callText(box, port);
    fill(element, box, k, side, false);
    return element;
  }));
}

function fill(element: HTMLElement, box: Box, k: number, side: "in" | "out", isLit: boolean): void {
  const port = box.ports[k];
  if (!port) return;
  const { left, top, width, height, text } = pillOf(box, port, k, side, [0, 0, BOX.width, BOX.height], isLit);
  element.textContent = text;
  Object.assign(element.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
}

/** The call that is looked at says all of itself, over its neighbours. */
function light(element: HTMLElement, box: Box, isLit: boolean): void {
  if (element.classList.contains("is-call") === isLit) return;
  element.classList.toggle("is-call", isLit);
  fill(element, box, box.ports.findIndex(({ nodeIndex }) => element.dataset.port === String(nodeIndex)), element.classList.contains("in") ? "in" : "out", isLit);
}

function inputTypeOf({ edges, specOf }: Placed["scene"], i: number): string | null {
  for (let e = 0; e < edges.length / 2; e += 1) if (edges[2 * e + 1] === i) return specOf(e)?.dtype ?? null;
  return null;
}

function titleOf(box: Box, said: string, shape: string, parameters: string): string {
  return [box.kind === "call" ? `${box.name} · ${box.className}` : box.name, said, shape, parameters === "" ? "" : t("stage.parameters", { count: parameters })].filter((line) => line !== "").join("\n");
}

function make(tag: string, className: string, text = ""): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
