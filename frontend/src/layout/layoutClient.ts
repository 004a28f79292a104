import type { LayoutInput, LayoutResult } from "./layout";
import type { Question } from "./layoutWorker";
import type { Sketch } from "./sketch";

/** The worker that reads files and lays graphs out while the page stays alive. */
export interface LayoutClient {
  /** One answer a graph, in order. A newer call makes the answer of an older one null. */
  layout(inputs: readonly LayoutInput[]): Promise<readonly LayoutResult[] | null>;
  sketch(file: Blob | string): Promise<Sketch | null>;
}

export function createLayoutClient(): LayoutClient {
  const worker = new Worker(new URL("./layoutWorker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, (answer: unknown) => void>();
  let last = 0;
  let newest = 0;
  worker.onmessage = ({ data }: MessageEvent<{ id: number; answer: unknown }>) => {
    waiting.get(data.id)?.(data.answer);
    waiting.delete(data.id);
  };
  const ask = (question: Omit<Question, "id">): Promise<unknown> =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      worker.postMessage({ ...question, id: last });
    });
  return {
    layout: async (inputs) => {
      const mine = (newest += 1);
      const result = (await ask({ layouts: inputs })) as readonly LayoutResult[];
      return mine === newest ? result : null;
    },
    sketch: async (file) => (await ask({ file })) as Sketch | null,
  };
}
