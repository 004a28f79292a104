import type { LayoutInput, LayoutResult } from "./layout";

export interface LayoutClient {
  /** Lays out in the worker; a newer call makes the answer of an older one null. */
  ask(input: LayoutInput): Promise<LayoutResult | null>;
  stop(): void;
}

export function createLayoutClient(): LayoutClient {
  const worker = new Worker(new URL("./layoutWorker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, (result: LayoutResult | null) => void>();
  let newest = 0;
  worker.onmessage = ({ data }: MessageEvent<LayoutResult & { id: number }>) => {
    waiting.get(data.id)?.(data.id === newest ? data : null);
    waiting.delete(data.id);
  };
  return {
    ask: (input) =>
      new Promise((resolve) => {
        newest += 1;
        waiting.set(newest, resolve);
        worker.postMessage({ ...input, id: newest });
      }),
    stop: () => {
      worker.terminate();
    },
  };
}
