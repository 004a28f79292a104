import type { Count, ReportNode, Shape } from "./api";
import { unescapeName } from "./document";
import { t } from "./words/words";

// How numbers, shapes and names are written for people.

/** Keras's tuple: `(None, 14, 14, 128)`. */
export function shapeText(shape: Shape | null): string {
  if (shape === null) return t("word.unknown");
  const sizes = shape.map((size) => (size === null ? "None" : String(size)));
  return sizes.length === 1 ? `(${sizes.join("")},)` : `(${sizes.join(", ")})`;
}

/** As wires carry it: `14×14×128`, the batch left out where it is None. */
export function wireText(shape: Shape | null): string {
  if (shape === null) return t("word.unknown");
  const sizes = shape[0] === null ? shape.slice(1) : shape;
  return sizes.length === 0 ? t("word.scalar") : sizes.map((size) => size ?? "None").join("×");
}

/** With the batch named where it is open: `N×14×14×128`. */
export function symbolicText(shape: Shape | null): string {
  if (shape === null) return t("word.unknown");
  return shape.length === 0 ? t("word.scalar") : shape.map((size, axis) => size ?? (axis === 0 ? "N" : "None")).join("×");
}

/** The shapes of all outputs of a call. */
export function outputsText(node: ReportNode | undefined): string {
  if (!node || node.outputs.length === 0) return t("word.unknown");
  return node.outputs.map((output) => shapeText(output.shape)).join(", ");
}

export function countText(value: number | null): string {
  return value === null ? t("word.unknown") : value.toLocaleString("en");
}

/** All weights of a layer, null where one count is not known. */
export function totalOf({ trainable, non_trainable: frozen }: Count): number | null {
  return trainable === null || frozen === null ? null : trainable + frozen;
}

/** Large numbers in three digits: `3.86B`. */
export function shortText(value: number): string {
  return Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

/** Null where one of them is not known. */
export function sumOf(amounts: readonly (number | null)[]): number | null {
  return amounts.reduce((sum, amount) => (sum === null || amount === null ? null : sum + amount), 0);
}

/** As `model.summary()` writes sizes: `215.04 KB`, steps of 1024. */
export function bytesText(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024;
  return `${unit === 0 ? String(value) : value.toFixed(2)} ${units[unit] ?? ""}`;
}

/** A path as people and hooks write it: `encoder/dense1`. */
export function pathText(path: string): string {
  return path.split("/").map(unescapeName).join("/");
}

/** A loss or metric, short enough for a table. */
export function measureText(value: number | null | undefined): string {
  if (value === undefined || value === null) return "–";
  return Math.abs(value) >= 1e5 || (Math.abs(value) < 1e-4 && value !== 0) ? value.toExponential(2) : value.toFixed(4);
}
