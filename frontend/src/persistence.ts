import { rootPath } from "./address";
import type { JsonObject } from "./json";

// The document in IndexedDB: what was drawn survives a reload and a dead server. Services below two paths of one host
// keep their documents apart.

const STORE = "documents";

/** Keeps the document's text: to clone an object of a thousand layers takes longer than to check it. */
export async function saveLocally(key: string, text: string): Promise<void> {
  await withStore("readwrite", (store) => store.put(text, key));
}

export async function loadLocally(key: string): Promise<JsonObject | null> {
  const found = await withStore("readonly", (store) => store.get(key));
  return typeof found === "string" ? (JSON.parse(found) as JsonObject) : null;
}

async function withStore(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const opening = indexedDB.open(`layerwright${rootPath}`, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(STORE);
  };
  const database = (await settled(opening)) as IDBDatabase;
  try {
    return await settled(act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
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
