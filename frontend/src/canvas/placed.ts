import type { Blamed, Camera } from "../commands";
import type { Arrangement } from "../layout/arrange";
import type { Addressed } from "../reading";
import type { Colours } from "./colours";
import type { Paint } from "./paints";
import type { Box, Scene } from "./scene";

// What is drawn and where it lies: boxes and wires after their layout, and all that one frame of the picture shows of them.

export type Tier = "far" | "middle" | "near";

export interface Placed extends Arrangement {
  readonly scene: Scene;
}

export interface Paths {
  readonly known: Path2D;
  readonly unknown: Path2D;
  /** Of each frame, and of the whole graph, what skipping wires keep clear of. */
  readonly sides: Sides;
  /** The numbers of its wires, and of each left, top, right and bottom. */
  readonly wires: Int32Array;
  readonly bounds: Float32Array;
}

/** By frame: the leftmost x of each row of each column, and the rightmost. */
export interface Sides {
  readonly lefts: Reach;
  readonly rights: Reach;
}

type Reach = ReadonlyMap<number, readonly (readonly number[])[]>;

/** A port of a box that stands for several calls. */
export interface PortSpot {
  readonly box: number;
  readonly port: number;
  readonly side: "in" | "out";
}

export interface Highlight {
  /** Boxes that a search found, and the one that it stands at. */
  /** How many layers of each were found. */
  readonly found: ReadonlyMap<number, number>;
  readonly at: number | null;
}

export interface Frame extends Placed {
  /** All wires; while boxes are dragged, those that stay and those that follow. */
  readonly paths: readonly Paths[];
  readonly camera: Camera;
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
  readonly selection: ReadonlySet<string>;
  readonly colours: Colours;
  readonly paint: Paint;
  readonly highlight: Highlight | null;
  readonly blamed: Blamed | null;
  /** Wires that bring what does not fit. */
  readonly faults: readonly number[];
  /** The call that is singled out of those of its layer, and the port that the pointer is on. */
  readonly call: Addressed | null;
  readonly pointed: PortSpot | null;
  /** Boxes that stay where they are when the graph is tidied. */
  readonly pinned: ReadonlySet<number>;
}

/** The numbers of the boxes that the window shows. */
export function visibleBoxes({ positions, sizes, camera, width, height }: Pick<Frame, "positions" | "sizes" | "camera" | "width" | "height">): number[] {
  const [left, top] = [camera.x, camera.y];
  const [right, bottom] = [left + width / camera.scale, top + height / camera.scale];
  const found: number[] = [];
  for (let i = 0; i < positions.length / 2; i += 1) {
    const [x, y] = corner(positions, i);
    const [w, h] = corner(sizes, i);
    if (x + w > left && x < right && y + h > top && y < bottom) found.push(i);
  }
  return found;
}

export function corner(positions: Float32Array, i: number): [x: number, y: number] {
  return [positions[2 * i] ?? 0, positions[2 * i + 1] ?? 0];
}

/** Whether a port is that of the call that is singled out; where none of its box is, each is. */
export function isOfCall(box: Box | undefined, port: number, call: Addressed | null): boolean {
  if (!box || call?.path !== box.path || !box.ports.some(({ nodeIndex }) => nodeIndex === call.nodeIndex)) return true;
  return box.ports[port]?.nodeIndex === call.nodeIndex;
}

/** A box is selected with any of its layers: a closed group shows where the selection is. */
export function isBoxSelected({ path, paths, kind }: Box, selection: ReadonlySet<string>): boolean {
  if (selection.size === 0) return false;
  return kind === "call" ? selection.has(path) : paths.some((one) => selection.has(one));
}
