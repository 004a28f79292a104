import { diffInto, fromJson, lastOf, parentOf, unescapeName, type Diff } from "./document";
import { changesOf, type FixChange } from "./fixes";
import { isObject, type Json, type JsonObject } from "./json";
import { t } from "./words/words";

// Two states of a model side by side: what came, went and became other, layer by layer.

/** What became of a layer, or of the model itself (`path` is "") from one state to another. */
export interface Difference {
  readonly kind: "added" | "removed" | "changed";
  readonly path: string;
  readonly name: string;
  readonly className: string;
  /** Its arguments, inputs and outputs that are others. */
  readonly changes: readonly FixChange[];
}

/** What makes one document another, a layer at a time; where boxes stand is no difference. */
export function differencesOf(before: JsonObject, after: JsonObject): Difference[] {
  const open = fromJson(before);
  const diff = diffInto(open, after);
  const now = fromJson(after).records;
  const byLayer = new Map<string, Diff>();
  for (const part of ["removed", "added", "updated"] as const) {
    for (const [key, value] of Object.entries(diff[part])) {
      const path = layerOf(key);
      if (path === null) continue;
      const own = byLayer.get(path) ?? { added: {}, updated: {}, removed: {} };
      byLayer.set(path, { ...own, [part]: { ...own[part], [key]: value } });
    }
  }
  return [...byLayer].flatMap(([path, own]): Difference[] => {
    const key = `layer/${path}`;
    const kind = key in own.removed ? "removed" : key in own.added ? "added" : "changed";
    // What a layer was built for follows from what feeds it.
    const changes = kind === "changed" ? changesOf(own).filter(({ what }) => what !== "build_config") : [];
    if (kind === "changed" && changes.length === 0 && !hasOtherCalls(own)) return [];
    const record = path === "" ? null : (now.get(key) ?? open.records.get(key) ?? null);
    return [{ kind, path, name: path === "" ? t("fix.the-model") : unescapeName(lastOf(path)), className: classOf(record), changes }];
  });
}

/** The layers of one side of a comparison that the other has not, or has otherwise, and the models around them. */
export function markedIn(differences: readonly Difference[], side: "before" | "after"): ReadonlySet<string> {
  const marked = new Set<string>();
  for (const { kind, path } of differences) {
    if (kind === (side === "before" ? "added" : "removed")) continue;
    for (let at = path; at !== ""; at = parentOf(at)) marked.add(at);
  }
  return marked;
}

/** The layer that a record speaks of, "" for the model; null: of something else. */
function layerOf(key: string): string | null {
  if (key === "model") return "";
  if (key.startsWith("layer/")) return key.slice(6);
  return key.startsWith("call/") ? parentOf(key.slice(5)) : null;
}

/** Whether a layer is called once more or less often. */
function hasOtherCalls({ added, removed }: Diff): boolean {
  return Object.keys(added).length > 0 || Object.keys(removed).length > 0;
}

function classOf(record: Json): string {
  return isObject(record) && typeof record.class_name === "string" ? record.class_name : "";
}
