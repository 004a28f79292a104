import * as api from "./api";
import { at, rootPath } from "./address";
import type { Surroundings, Word } from "./keeping";
import { loadLocally, saveLocally } from "./persistence";
import { t } from "./words/words";

// What a browser has for keeping documents: addresses, other tabs, a clock, and a place for drafts.

export const surroundings: Surroundings = {
  api,
  save: saveLocally,
  load: loadLocally,
  showAddress: (id) => {
    history.replaceState(null, "", at(id === null ? "/" : `/p/${id}`));
  },
  meet: (id, hear) => {
    const channel = new BroadcastChannel(`layerwright${rootPath}/p/${id}`);
    const say = (word: Word): void => {
      channel.postMessage(word);
    };
    const end = new AbortController();
    const leave = (): void => {
      say({ says: "gone" });
      channel.close();
      end.abort();
    };
    channel.addEventListener("message", (event: MessageEvent<Word>) => { hear(event.data); });
    addEventListener("pagehide", leave, { signal: end.signal });
    return { say, leave };
  },
  later: (milliseconds, act) => {
    const timer = setTimeout(act, milliseconds);
    return () => { clearTimeout(timer); };
  },
  titles: { theirs: () => t("keep.theirs"), draft: () => t("keep.draft"), revision: (number) => t("keep.revision", { number }) },
};

export function projectInAddress(): string | null {
  return /\/p\/([0-9a-f]{16})$/.exec(location.pathname)?.[1] ?? null;
}

const MOST_TABS = 50;

/** The draft of this tab: tabs that are open at the same time have one each, and the first keeps its own over a reload. */
export async function placeOfTab(): Promise<string> {
  // Only pages of a secure origin have locks: elsewhere all tabs share the first draft.
  if (!("locks" in navigator)) return "open";
  for (let i = 1; i <= MOST_TABS; i += 1) {
    const place = i === 1 ? "open" : `open-${String(i)}`;
    if (await isOurs(`layerwright${rootPath} ${place}`)) return place;
  }
  return "open";
}

/** Whether nobody else holds this name; it is held until the page ends. */
function isOurs(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise<void>(() => undefined) : undefined;
    });
  });
}
