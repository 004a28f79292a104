import { pathOfKey } from "./document";
import { isArray, isObject, type Json } from "./json";
import type { Numbers } from "./reading";

/**
 * Numbers of layers from a file: an object or rows of JSON, or lines of `layer,number`. Null where there is none.
 *
 * JSON: `{"conv1": 1.5}`, `[["conv1", 1.5]]`, `[{"layer": "conv1", "latency": 1.5}]`. Layers in nested models are `encoder/dense1`.
 */
export function numbersOf(fileName: string, text: string): Numbers | null {
  const stem = fileName.replace(/\.[^.]*$/, "");
  const { name, pairs } = fromJson(text) ?? fromLines(text);
  const values = new Map(pairs.map(([layer, value]) => [pathOfText(layer), value] as const));
  return values.size === 0 ? null : { name: name ?? stem, values };
}

interface Read {
  readonly name: string | null;
  readonly pairs: readonly (readonly [layer: string, value: number])[];
}

function fromJson(text: string): Read | null {
  let file: Json;
  try {
    file = JSON.parse(text) as Json;
  } catch {
    return null;
  }
  if (isObject(file)) return { name: null, pairs: Object.entries(file).flatMap(([layer, value]) => (typeof value === "number" ? [[layer, value] as const] : [])) };
  if (!isArray(file)) return null;
  let name: string | null = null;
  const pairs = file.flatMap((row) => {
    const [layer, value] = isArray(row) ? row : isObject(row) ? [row.layer ?? row.name, ...Object.entries(row).flatMap(([key, own]) => { if (typeof own !== "number") return []; name ??= key; return [own]; })] : [];
    return typeof layer === "string" && typeof value === "number" ? [[layer, value] as const] : [];
  });
  return { name, pairs };
}

/** The last number of each line belongs to the layer that it begins with; a first line without one names the column. */
function fromLines(text: string): Read {
  const rows = text.split(/\r?\n/).map((line) => line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")));
  const pairs = rows.flatMap(([layer = "", ...cells]) => {
    const number = cells.findLast((cell) => cell !== "" && Number.isFinite(Number(cell)));
    return layer !== "" && number !== undefined ? [[layer, Number(number)] as const] : [];
  });
  const head = rows[0]?.length && rows[0].length > 1 && !pairs.some(([layer]) => layer === rows[0]?.[0]) ? (rows[0].at(-1) ?? null) : null;
  return { name: head === "" ? null : head, pairs };
}

function pathOfText(text: string): string {
  return text.split("/").reduce(pathOfKey, "");
}
