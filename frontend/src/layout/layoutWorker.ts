import { layout, type LayoutInput } from "./layout";

/** A question and its number; the answer carries the same one. */
export interface LayoutQuestion extends LayoutInput {
  readonly id: number;
}

self.onmessage = ({ data }: MessageEvent<LayoutQuestion>) => {
  const { positions, cells } = layout(data);
  self.postMessage({ id: data.id, positions, cells }, { transfer: [positions.buffer, cells.buffer] });
};
