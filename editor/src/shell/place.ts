/** Where the browser is: the path and its query, changed without loading the page again. */
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let guard: (() => boolean) | null = null;

function tell(): void {
  for (const listener of listeners) listener();
}

addEventListener("popstate", tell);

export function go(path: string, replace = false): void {
  if (guard && !guard()) return;
  history[replace ? "replaceState" : "pushState"](null, "", path);
  tell();
}

/** Ask before the page is left from inside; null asks no more. */
export function askBeforeLeaving(ask: (() => boolean) | null): void {
  guard = ask;
}

export function usePath(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => location.pathname + location.search,
  );
}
