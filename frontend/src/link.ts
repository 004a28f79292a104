import { isArray, isObject, type Json, type JsonObject } from "./json";
import type { Colour, Labels, Unit } from "./reading";

// A link that holds the model and how it is looked at. It stands behind the `#`: no server ever sees it.

export interface SharedView {
  readonly model: JsonObject;
  readonly opened: readonly string[];
  readonly isGrouped: boolean | null;
  readonly unit: Unit;
  readonly colour: Colour;
  readonly labels: Labels;
  readonly focus: readonly string[] | null;
  readonly query: string | null;
  readonly camera: { readonly x: number; readonly y: number; readonly scale: number };
}

const KEY = "view=";
const VERSION = 1;
// What mail and chat programs pass on whole.
export const MOST_LETTERS = 200_000;
// A link may say more than it holds: a bomb of zeros must not fill the memory.
const MOST_BYTES = 64 * 2 ** 20;

/** The part of an address behind its `#`. */
export async function encoded(view: SharedView): Promise<string> {
  const packed = await new Response(new Blob([JSON.stringify({ version: VERSION, ...view })]).stream().pipeThrough(new CompressionStream("deflate-raw"))).bytes();
  let letters = "";
  for (let i = 0; i < packed.length; i += 0x8000) letters += String.fromCharCode(...packed.subarray(i, i + 0x8000));
  return KEY + btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Null where there is no view in it. Raises where there is one that cannot be read. */
export async function decoded(hash: string): Promise<SharedView | null> {
  const text = hash.replace(/^#/, "");
  if (!text.startsWith(KEY)) return null;
  const letters = atob(text.slice(KEY.length).replaceAll("-", "+").replaceAll("_", "/"));
  const packed = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  return viewOf(JSON.parse(await unpacked(packed)) as Json);
}

async function unpacked(packed: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > MOST_BYTES) throw new Error("the link holds too much");
    parts.push(next.value);
  }
  return new Blob(parts).text();
}

function viewOf(value: Json): SharedView {
  if (!isObject(value) || value.version !== VERSION || !isObject(value.model) || !isObject(value.camera)) throw new Error("this is no view");
  const strings = (list: Json | undefined): string[] => (isArray(list) ? list.filter((one) => typeof one === "string") : []);
  const { x, y, scale } = value.camera;
  if (typeof x !== "number" || typeof y !== "number" || typeof scale !== "number") throw new Error("this is no place");
  return {
    model: value.model,
    opened: strings(value.opened),
    isGrouped: typeof value.isGrouped === "boolean" ? value.isGrouped : null,
    unit: value.unit === "layers" ? "layers" : "calls",
    colour: COLOURS.find((one) => one === value.colour) ?? "kind",
    labels: LABELS.find((one) => one === value.labels) ?? "shapes",
    focus: isArray(value.focus) ? strings(value.focus) : null,
    query: typeof value.query === "string" ? value.query : null,
    camera: { x, y, scale },
  };
}

const COLOURS: readonly Colour[] = ["kind", "problems", "names", "dtype", "frozen", "masks", "parameters", "multiply_adds", "activation_bytes"];
const LABELS: readonly Labels[] = ["shapes", "symbolic", "off"];
