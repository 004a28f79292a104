import { BOX } from "../layout/layout";

/** The form of a port says what flows: round floats, square integers, a diamond of strings, half a circle of booleans. */
export type Port = "float" | "int" | "string" | "bool" | "any";

const RADIUS = 4.5;
const RULER = [1, 2, 5, 10, 20, 50, 100];

export function portOf(dtype: string | null): Port {
  if (dtype === null) return "any";
  if (/^(b?float|complex)/.test(dtype)) return "float";
  if (/^u?int/.test(dtype)) return "int";
  if (dtype === "string") return "string";
  return dtype === "bool" ? "bool" : "any";
}

/** Where a port is from the left of its box: the calls of a layer share its width. */
export function portX(width: number, count: number, port: number): number {
  return count < 2 || port < 0 ? width / 2 : (width * (port + 0.5)) / count;
}

/** The port of several that is nearest to a place from the left of their box. */
export function portAtX(width: number, count: number, x: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor((x / width) * count)));
}

/** What a call's port says: its number, and the shape where there is room for it between its neighbours, or it is the one that is looked at. */
export function portText(width: number, count: number, nodeIndex: number, shape: string, isLit = false): string {
  const room = width / count - PILL.gap - 2 * PILL.padding;
  const number = String(nodeIndex);
  const whole = shape === "" ? number : `${number} · ${shape}`;
  if (isLit || whole.length * PILL.letter <= room) return whole;
  return nodeIndex % numberedEvery(width, count) === 0 ? number : "";
}

/** Every how many calls a number has room among dots, as on a ruler. */
function numberedEvery(width: number, count: number): number {
  const number = String(count - 1).length * PILL.letter + PILL.gap;
  return RULER.find((step) => (step * width) / count >= (step === 1 ? number : number + PILL.gap)) ?? count;
}

/** How wide a call's port with that text is. */
export function portWidth(count: number, text: string, isLit = false): number {
  const room = BOX.width / count;
  const whole = text.length * PILL.letter;
  if (isLit) return Math.max(PILL.height, whole + 2 * PILL.padding);
  if (text === "") return Math.min(2 * RADIUS, Math.max(2, room / 2));
  return Math.max(PILL.height, whole + 2, Math.min(whole + 2 * PILL.padding, room - 2));
}

/** The port of a call: a pill upon the edge of its box. A letter of its font is that wide. */
export const PILL = { height: 16, padding: 5, gap: 4, letter: 6.1, font: "10px JetBrains Mono, monospace" } as const;

/** Adds a port's outline with its middle there. */
export function portPath(path: Path2D, port: Port, x: number, y: number): void {
  if (port === "int") path.rect(x - 4, y - 4, 8, 8);
  else if (port === "string") {
    path.moveTo(x, y - 5.5);
    path.lineTo(x + 5.5, y);
    path.lineTo(x, y + 5.5);
    path.lineTo(x - 5.5, y);
    path.closePath();
  } else if (port === "bool") {
    path.moveTo(x + RADIUS + 1, y);
    path.arc(x, y, RADIUS + 1, 0, Math.PI);
    path.closePath();
  } else {
    path.moveTo(x + RADIUS, y);
    path.arc(x, y, RADIUS, 0, 2 * Math.PI);
  }
}

/** A pin in a square of 24. */
export const PIN = "M12 17v5M8 3h8M9 3v6l-3 4v2h12v-2l-3-4V3";
