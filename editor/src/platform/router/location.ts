/** Where the browser is: the path and its query, changed without loading the page again. */
import { useEffect, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let guard: (() => boolean) | null = null;

function tell(): void {
  for (const listener of listeners) listener();
}

addEventListener("popstate", tell);

export function navigate(path: string, replace = false): void {
  if (guard && !guard()) return;
  history[replace ? "replaceState" : "pushState"](null, "", path);
  tell();
}

/** Ask this before the page is left, from inside or by closing it; null: nothing would be lost. */
export function useLeaveGuard(question: string | null): void {
  useEffect(() => {
    if (question === null) return;
    const closing = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", closing);
    guard = () => confirm(question);
    return () => {
      removeEventListener("beforeunload", closing);
      guard = null;
    };
  }, [question]);
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
