import { rootPath } from "./address";

// The document in IndexedDB: what was drawn survives a reload and a dead server. Services below two paths of one host
// keep their documents apart.

const STORE = "documents";

/** A document as this browser has it. Its text: to clone an object of a thousand layers takes longer than to check it. */
export interface Draft {
  readonly text: string;
  /** The state of a project that it follows; null outside of projects. */
  readonly base: string | null;
  /** Whether the service has it. */
  readonly isSaved: boolean;
}

export async function saveLocally(key: string, draft: Draft): Promise<void> {
  await withStore("readwrite", (store) => store.put(draft, key));
}

export async function loadLocally(key: string): Promise<Draft | null> {
  const found = await withStore("readonly", (store) => store.get(key));
  // Earlier versions kept the text alone.
  return typeof found === "string" ? { text: found, base: null, isSaved: false } : ((found as Draft | undefined) ?? null);
}

// Open as long as the page is, so that what is written last needs no answer before it is on its way: the page may be gone by then.
let database: Promise<IDBDatabase> | null = null;

async function withStore(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const transaction = (await (database ??= opened())).transaction(STORE, mode);
  const request = act(transaction.objectStore(STORE));
  transaction.commit();
  return settled(request);
}

async function opened(): Promise<IDBDatabase> {
  const opening = indexedDB.open(`layerwright${rootPath}`, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(STORE);
  };
  try {
    const found = (await settled(opening)) as IDBDatabase;
    // A browser closes it where the user deletes what sites have kept.
    found.onclose = () => { database = null; };
    return found;
  } catch (error) {
    database = null;
    throw error;
  }
}

function settled(request: IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error("IndexedDB gave no reason"));
    };
  });
}
