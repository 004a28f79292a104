import { differencesOf } from "./differences";
import { diffInto, fromJson } from "./document";
import type { JsonObject } from "./json";
import type { KeepingStore } from "./keeping";
import type { ReadingStore, Side } from "./reading";
import type { EditorStore } from "./store";

export interface Comparing {
  readonly store: EditorStore;
  readonly keeping: KeepingStore;
  readonly reading: ReadingStore;
}

/** Shows two saves of the project on the canvas in turns; nothing is changed by it. */
export async function compare({ store, keeping, reading }: Comparing, older: number, newer: number): Promise<void> {
  const [was, now] = await Promise.all([keeping.revision(older), keeping.revision(newer)]);
  const sideOf = async (number: number, json: JsonObject): Promise<Side | null> => {
    const report = await store.consider((open) => diffInto(open, json));
    return report && { number, report, document: fromJson(json) };
  };
  const [before, after] = await Promise.all([sideOf(older, was), sideOf(newer, now)]);
  if (before && after) reading.setState({ comparison: { before, after, differences: differencesOf(was, now), shown: "after" } });
}
