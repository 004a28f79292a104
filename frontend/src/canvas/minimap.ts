import { t } from "../words/words";
import { corner, type Frame } from "./placed";

/** The whole graph, small, with a frame about what the window shows. A press on it brings that place into the middle. */
export interface Minimap {
  /** What it covers of its parent, in pixels from there; null while it is hidden. */
  readonly area: () => Area | null;
  /** Draws what changed since the last time; hides itself where all is in the window. */
  draw(view: View): void;
  hide(): void;
}
type Shown = Pick<Frame, "scene" | "positions" | "sizes" | "paint" | "colours">;
type View = Shown & Pick<Frame, "camera" | "width" | "height">;
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const [WIDTH, HEIGHT, PADDING] = [160, 108, 8];
// A box that is smaller than a pixel must not fade away.
const LEAST = 1;

/** `onMove` gets the place in the world that was pressed. */
export function createMinimap(root: HTMLElement, onMove: (x: number, y: number) => void, signal: AbortSignal): Minimap {
  const element = document.createElement("canvas");
  Object.assign(element, { className: "mini float", hidden: true, title: t("stage.minimap") });
  element.setAttribute("aria-hidden", "true");
  root.append(element);
  const context = element.getContext("2d");
  let drawn: { readonly shown: Shown; readonly world: Area; readonly picture: HTMLCanvasElement } | null = null;

  const press = (event: PointerEvent): void => {
    if (!drawn || event.buttons !== 1) return;
    const { scale, left, top } = fitted(drawn.world);
    const { x, y } = element.getBoundingClientRect();
    onMove(left + (event.clientX - x) / scale, top + (event.clientY - y) / scale);
  };
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    press(event);
  }, { signal });
  element.addEventListener("pointermove", press, { signal });

  return {
    area: () => (element.hidden ? null : { left: element.offsetLeft, top: element.offsetTop, right: element.offsetLeft + WIDTH, bottom: element.offsetTop + HEIGHT }),
    hide: () => {
      element.hidden = true;
    },
    draw: (view) => {
      if (!context) return;
      const { camera, width, height, colours } = view;
      if (!drawn || !isSame(drawn.shown, view)) {
        const world = bounds(view);
        drawn = { shown: view, world, picture: pictureOf(view, world) };
      }
      const { world, picture } = drawn;
      const seen = { left: camera.x, top: camera.y, right: camera.x + width / camera.scale, bottom: camera.y + height / camera.scale };
      element.hidden = seen.left <= world.left && seen.top <= world.top && seen.right >= world.right && seen.bottom >= world.bottom;
      if (element.hidden) return;
      [element.width, element.height] = [picture.width, picture.height];
      context.drawImage(picture, 0, 0);
      const { scale, left, top } = fitted(world);
      const ratio = picture.width / WIDTH;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const x = Math.max(1, (seen.left - left) * scale);
      const y = Math.max(1, (seen.top - top) * scale);
      const frame = [x, y, Math.min(WIDTH - 1, (seen.right - left) * scale) - x, Math.min(HEIGHT - 1, (seen.bottom - top) * scale) - y] as const;
      [context.fillStyle, context.strokeStyle, context.lineWidth] = [colours.accent ?? "", colours.accent ?? "", 1.5];
      context.globalAlpha = 0.12;
      context.fillRect(...frame);
      context.globalAlpha = 1;
      context.strokeRect(...frame);
    },
  };
}

/** The world's part that the map shows: all boxes in its middle. */
export function fitted({ left, top, right, bottom }: Area): { readonly scale: number; readonly left: number; readonly top: number } {
  const scale = Math.min((WIDTH - 2 * PADDING) / (right - left), (HEIGHT - 2 * PADDING) / (bottom - top));
  return { scale, left: (left + right - WIDTH / scale) / 2, top: (top + bottom - HEIGHT / scale) / 2 };
}

export function bounds({ positions, sizes }: Pick<Frame, "positions" | "sizes">): Area {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length / 2; i += 1) {
    const [x, y] = corner(positions, i);
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    const [width, height] = corner(sizes, i);
    [right, bottom] = [Math.max(right, x + width), Math.max(bottom, y + height)];
  }
  return { left, top, right, bottom };
}

function isSame(one: Shown, other: Shown): boolean {
  return one.scene === other.scene && one.positions === other.positions && one.sizes === other.sizes && one.paint === other.paint && one.colours === other.colours;
}

function pictureOf(shown: Shown, world: Area): HTMLCanvasElement {
  const { scene, positions, sizes, paint, colours } = shown;
  const picture = document.createElement("canvas");
  [picture.width, picture.height] = [WIDTH * devicePixelRatio, HEIGHT * devicePixelRatio];
  const pen = picture.getContext("2d");
  if (!pen) return picture;
  pen.fillStyle = colours.raised ?? "";
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.scale(devicePixelRatio, devicePixelRatio);
  const { scale, left, top } = fitted(world);
  scene.boxes.forEach((box, i) => {
    const [x, y] = corner(positions, i);
    const [width, height] = corner(sizes, i).map((length) => Math.max(LEAST, length * scale)) as [number, number];
    pen.fillStyle = pen.strokeStyle = colours[box.isOpen ? "line-2" : box.mark?.kind === "error" ? "error" : (paint.tokens[i] ?? "f-op")] ?? "";
    if (box.isOpen) pen.strokeRect((x - left) * scale, (y - top) * scale, width, height);
    else pen.fillRect((x - left) * scale, (y - top) * scale, width, height);
  });
  return picture;
}
