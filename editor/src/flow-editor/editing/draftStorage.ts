/** Keeps draft and history over a reload, in this browser. */
import { current, restored, stored, type StoredHistory } from "../../model/flow/history";
import { useDocument } from "./document";

const DATABASE = "mcs-drafts";
const STORE = "drafts";
const PAUSE_MS = 400;

interface Kept extends StoredHistory {
  /** The file that the draft stands on. */
  revision: string;
  /** Its text, without which a file that went on can't be merged; drafts that were left by an older version have none. */
  ground?: string;
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
export async function leftDraft(name: string): Promise<Kept | undefined> {
  const hasty = takeHasty(name);
  return hasty ?? run<Kept | undefined>("readonly", (store) => store.get(name));
}

// A page that goes away finishes no transaction: what was not yet kept is laid aside where writing takes no time, and kept the next time.
const HASTY = "mcs.draft.";

function layAside(name: string, kept: Kept): void {
  try {
    localStorage.setItem(HASTY + name, JSON.stringify(kept));
  } catch {
    // Too large for there: the transaction may still make it.
  }
}

function takeHasty(name: string): Kept | undefined {
  const text = localStorage.getItem(HASTY + name);
  if (text === null) return undefined;
  localStorage.removeItem(HASTY + name);
  const kept = JSON.parse(text) as Kept;
  void run("readwrite", (store) => store.put(kept, name));
  return kept;
}

export function takeUp(kept: Kept): void {
  const history = restored(kept);
  const { view } = useDocument.getState();
  if (!history || !view) return;
  if (kept.revision === view.revision) {
    useDocument.setState({ history, scope: kept.scope });
    return;
  }
  // The file went on without this draft, which stays on the file it was made from: the page then tells of the newer one and
  // offers to merge, as it does when that happens while the page is open.
  const ground = kept.ground ?? history.steps[0]?.draft.text ?? null;
  if (ground === null || current(history).text === ground || current(history).text === view.text) return;
  useDocument.setState({ history, scope: kept.scope, view: { ...view, revision: kept.revision, text: ground } });
}

/** Writes the history of the open flow whenever it has rested for a moment; the answer ends it. */
export function keepDraft(): () => void {
  let timer = 0;
  const save = (leaving = false): void => {
    timer = 0;
    const { name, history, view, scope } = useDocument.getState();
    const saved = history && stored(history);
    if (!saved || !view) return;
    const kept: Kept = { ...saved, revision: view.revision, ground: view.text, scope };
    if (leaving) layAside(name, kept);
    void run("readwrite", (store) => store.put(kept, name));
  };
  const stop = useDocument.subscribe((state, before) => {
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
