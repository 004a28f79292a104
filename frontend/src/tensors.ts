import type { Report, ReportNode } from "./api";
import { factsOf } from "./outline";
import { pathText } from "./format";

// Every output of every call has an address: `conv1[1][0]` as summaries write it, `conv1[1,0]` for short, `["conv1", 1, 0]` as
// configs do. In a nested model the layer is named by its path, `encoder/conv1[0,0]`.

/** An address as it is written. Without an output it is about the call. */
export interface Address {
  readonly layer: string;
  readonly nodeIndex: number;
  readonly tensorIndex: number | null;
}
/** A tensor of the model. */
export interface Tensor {
  readonly path: string;
  readonly nodeIndex: number;
  readonly tensorIndex: number;
}

/** Null of a text that is no address. */
export function addressIn(text: string): Address | null {
  const found = /^\["(.*)",\s*(\d+)\s*(?:,\s*(\d+)\s*)?\]$/s.exec(text) ?? /^(.+?)\[(\d+)(?:\]\[|,\s*)(\d+)\]$/s.exec(text) ?? /^(.+?)\[(\d+)\]$/s.exec(text);
  if (!found) return null;
  const [, layer = "", call, output] = found;
  return { layer, nodeIndex: Number(call), tensorIndex: output === undefined ? null : Number(output) };
}

export function addressText({ path, nodeIndex, tensorIndex }: Tensor): string {
  return `${pathText(path)}[${nodeIndex},${tensorIndex}]`;
}

/** Whether a call of the layer at a path is meant, and has that output. */
export function isAt({ layer, nodeIndex, tensorIndex }: Address, path: string, node: ReportNode): boolean {
  if (node.node_index !== nodeIndex || (node.layer !== layer && pathText(path) !== layer)) return false;
  // What nobody knows the outputs of has at least the first.
  return tensorIndex === null || tensorIndex < Math.max(1, node.outputs.length);
}

/** The tensors that a text is about: by their address, or all of the layers that have it in their names. At most so many. */
export function tensorsIn(report: Report, text: string, most: number): Tensor[] {
  const address = addressIn(text.trim());
  const wanted = text.trim().toLowerCase();
  const found: Tensor[] = [];
  for (const [path, nodes] of factsOf(report).calls) {
    if (found.length >= most) break;
    for (const node of nodes) {
      if (address ? !isAt(address, path, node) : !pathText(path).toLowerCase().includes(wanted)) continue;
      const outputs = address?.tensorIndex !== undefined && address.tensorIndex !== null ? [address.tensorIndex] : node.outputs.map((_, output) => output);
      for (const tensorIndex of outputs) found.push({ path, nodeIndex: node.node_index, tensorIndex });
    }
  }
  return found.slice(0, most);
}

const KEY = "#at=";

/** The part of an address of the page that leads to a tensor. */
export function linkTo(tensor: Tensor): string {
  return KEY + encodeURIComponent(addressText(tensor));
}

/** The text of a tensor's address that an address of the page leads to; null where it leads to none. */
export function placeInLink(hash: string): string | null {
  if (!hash.startsWith(KEY)) return null;
  try {
    return decodeURIComponent(hash.slice(KEY.length));
  } catch {
    return null; // cut off in a percent sign
  }
}
