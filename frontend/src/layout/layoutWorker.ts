import type { Json } from "../json";
import { layout, type LayoutInput } from "./layout";
import { sketchOf, type Sketch } from "./sketch";

/** A question and its number; the answer carries the same one. */
export type Question = { readonly id: number } & ({ readonly layouts: readonly LayoutInput[] } | { readonly file: Blob | string });

self.onmessage = async ({ data }: MessageEvent<Question>) => {
  if ("layouts" in data) {
    const answer = data.layouts.map(layout);
    self.postMessage({ id: data.id, answer }, { transfer: answer.flatMap(({ positions, cells }) => [positions.buffer, cells.buffer]) });
  } else {
    self.postMessage({ id: data.id, answer: await read(data.file) });
  }
};

async function read(file: Blob | string): Promise<Sketch | null> {
  try {
    const start = typeof file === "string" ? file : await file.slice(0, 64).text();
    // An archive or HDF5 is the service's to read, and may be large.
    if (!start.trimStart().startsWith("{")) return null;
    return sketchOf(JSON.parse(typeof file === "string" ? file : await file.text()) as Json);
  } catch {
    // No JSON: the report will say where and why.
    return null;
  }
}
