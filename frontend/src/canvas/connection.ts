import { drawWire } from "../intents/wires";
import type { Report } from "../api";
import { pathOfKey, parentOf, type Document } from "../document";
import { pathText, shapeText } from "../format";
import { pathOf } from "../outline";
import type { EditorStore } from "../store";
import { along } from "../ways";
import { newProblems } from "../whatIf";
import { t } from "../words/words";
import type { Box } from "./scene";

// A wire while it is drawn: what it would do where the hand is, before it is let go.

export type Verdict =
  | { readonly kind: "asking" }
  /** The shape that the layer would give then. */
  | { readonly kind: "fits"; readonly says: string }
  | { readonly kind: "refused"; readonly says: string };
export interface Connection {
  readonly from: Box;
  /** The hand is over this box now, or over none. */
  over(target: Box | null): void;
  verdict(): Verdict | null;
  /** Makes the wire where it fits, or where the hand insists; false where there is nothing to make. */
  drop(insists: boolean): boolean;
  end(): void;
}
export interface ConnectionOptions {
  readonly store: EditorStore;
  readonly from: Box;
  /** Whether a layer takes a list of tensors: then another wire comes to those that it has. */
  readonly takesList: (path: string) => boolean;
  readonly onVerdict: () => void;
}

export function createConnection({ store, from, takesList, onVerdict }: ConnectionOptions): Connection {
  const source = { path: from.path, nodeIndex: from.nodeIndex, tensorIndex: 0 };
  let target: Box | null = null;
  let verdict: Verdict | null = null;
  let asking = new AbortController();
  const intent = (to: Box) => (open: Document) => drawWire(open, source, to.path, to.nodeIndex, takesList(to.path) ? "list" : "one");
  return {
    from,
    over: (next) => {
      if (next?.id === target?.id && next?.nodeIndex === target?.nodeIndex) return;
      asking.abort();
      target = next;
      const { report } = store.getState();
      verdict = next && report ? atOnce(report, from, next) : null;
      onVerdict();
      if (!next || !report || verdict?.kind !== "asking") return;
      asking = new AbortController();
      const { signal } = asking;
      store.consider(intent(next), signal).then(
        (tried) => {
          if (signal.aborted || !tried) return;
          verdict = judged(report, tried, next);
          onVerdict();
        },
        () => undefined, // the service does not answer: the hand decides
      );
    },
    verdict: () => verdict,
    drop: (insists) => {
      asking.abort();
      if (!target || !verdict || (verdict.kind === "refused" && !insists) || isSelf(from, target)) return false;
      const to = target;
      store.edit(t("edit.connect", { from: pathText(from.path), to: pathText(to.path) }), intent(to));
      return true;
    },
    end: () => {
      asking.abort();
    },
  };
}

function isSelf(from: Box, to: Box): boolean {
  return from.path === to.path;
}

/** What needs no check to be known. */
function atOnce(report: Report, from: Box, to: Box): Verdict | null {
  if (isSelf(from, to) || to.kind !== "call") return null;
  const layer = pathText(to.path);
  if (parentOf(from.path) !== parentOf(to.path)) return { kind: "refused", says: t("reading.wire.elsewhere", { layer }) };
  if (!to.takesInput) return { kind: "refused", says: t("reading.wire.input", { layer }) };
  if (!to.path.includes("/") && along(report, [to.path], "from").has(from.path)) return { kind: "refused", says: t("reading.wire.cycle", { layer }) };
  return { kind: "asking" };
}

/** Only what the wire itself does wrong speaks against it: a problem at its end that was not there before. */
export function judged(report: Report, tried: Report, to: Pick<Box, "path" | "nodeIndex">): Verdict {
  const problem = newProblems(report, tried).find((one) => pathOf(one) === to.path);
  if (problem) return { kind: "refused", says: problem.message };
  return { kind: "fits", says: t("reading.wire.fits", { shape: shapeText(outputOf(tried, to)) }) };
}

function outputOf(report: Report, { path, nodeIndex }: Pick<Box, "path" | "nodeIndex">): readonly (number | null)[] | null {
  let nodes = report.nodes;
  let [parent, found] = ["", nodes.find(() => false)];
  for (const part of path.split("/")) {
    found = nodes.find((node) => pathOfKey(parent, node.layer) === (parent === "" ? part : `${parent}/${part}`) && (node.node_index === nodeIndex || node.body));
    parent = parent === "" ? part : `${parent}/${part}`;
    nodes = found?.body?.nodes ?? [];
  }
  return found?.outputs[0]?.shape ?? null;
}
