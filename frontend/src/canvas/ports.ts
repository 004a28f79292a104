/** The form of a port says what flows: round floats, square integers, a diamond of strings, half a circle of booleans. */
export type Port = "float" | "int" | "string" | "bool" | "any";

const RADIUS = 4.5;

export function portOf(dtype: string | null): Port {
  if (dtype === null) return "any";
  if (/^(b?float|complex)/.test(dtype)) return "float";
  if (/^u?int/.test(dtype)) return "int";
  if (dtype === "string") return "string";
  return dtype === "bool" ? "bool" : "any";
}

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
