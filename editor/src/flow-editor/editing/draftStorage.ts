/** Keeps draft and history over a reload, in this browser. */
import { current, fromStored, type StoredHistory, toStored } from "../../model/flow/history";
import type { FlowDocument } from "./FlowDocument";

const DATABASE = "mcs-drafts";
const STORE = "drafts";
const PAUSE_MS = 400;

interface StoredDraft extends StoredHistory {
  /** The file that the draft stands on. */
  revision: string;
  /** Its text, without which a file that went on can't be merged; drafts that were left by an older version have none. */
  baseText?: string;
  scope: string;
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB does not open"));
  });
}

async function run<T>(mode: IDBTransactionMode, call: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const request = call(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error("IndexedDB refused"));
    });
  } finally {
    database.close();
  }
}

/** The draft that was left, if there is one. Its file may have changed since: `revision` tells. */
export async function storedDraft(name: string): Promise<StoredDraft | undefined> {
  const hasty = takeUnloadDraft(name);
  return hasty ?? run<StoredDraft | undefined>("readonly", (store) => store.get(name));
}

// A page that goes away finishes no transaction: what was not yet stored is laid aside where writing takes no time, and stored the next time.
const UNLOAD_KEY = "mcs.draft.";

function storeOnUnload(name: string, stored: StoredDraft): void {
  try {
    localStorage.setItem(UNLOAD_KEY + name, JSON.stringify(stored));
  } catch {
    // Too large for there: the transaction may still make it.
  }
}

function takeUnloadDraft(name: string): StoredDraft | undefined {
  const text = localStorage.getItem(UNLOAD_KEY + name);
  if (text === null) return undefined;
  localStorage.removeItem(UNLOAD_KEY + name);
  const stored = JSON.parse(text) as StoredDraft;
  void run("readwrite", (store) => store.put(stored, name));
  return stored;
}

export function restoreDraft(doc: FlowDocument, stored: StoredDraft): void {
  const history = fromStored(stored);
  const { view } = doc.state;
  if (!history || !view) return;
  if (stored.revision === view.revision) {
    doc.set({ history, scope: stored.scope });
    return;
  }
  // The file went on without this draft, which stays on the file it was made from: the page then tells of the newer one and
  // offers to merge, as it does when that happens while the page is open.
  const baseText = stored.baseText ?? history.steps[0]?.draft.text ?? null;
  if (baseText === null || current(history).text === baseText || current(history).text === view.text) return;
  doc.set({ history, scope: stored.scope, view: { ...view, revision: stored.revision, text: baseText } });
}

/** Writes the history of the open flow whenever it has rested for a moment; the answer ends it. */
export function storeDraftContinuously(doc: FlowDocument): () => void {
  let timer = 0;
  const save = (leaving = false): void => {
    timer = 0;
    const { history, view, scope } = doc.state;
    const { name } = doc;
    const saved = history && toStored(history);
    if (!saved || !view) return;
    const stored: StoredDraft = { ...saved, revision: view.revision, baseText: view.text, scope };
    if (leaving) storeOnUnload(name, stored);
    void run("readwrite", (store) => store.put(stored, name));
  };
  const stop = doc.store.subscribe((state, before) => {
    if (state.history === before.history && state.view === before.view) return;
    clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE_MS);
  });
  const leave = (): void => {
    if (timer) save(true);
  };
  addEventListener("pagehide", leave);
  return () => {
    stop();
    leave();
    clearTimeout(timer);
    removeEventListener("pagehide", leave);
  };
}
