/** Where the browser is: the path and its query, changed without loading the page again. */
import { useEffect, useSyncExternalStore } from "react";
import { Listeners } from "../events/Listeners";

const changes = new Listeners();
/** Asked before the page is left; one that says no keeps it. */
const guards = new Set<() => boolean>();

addEventListener("popstate", () => changes.notify());

export function navigate(path: string, replace = false): void {
  if ([...guards].some((mayLeave) => !mayLeave())) return;
  history[replace ? "replaceState" : "pushState"](null, "", path);
  changes.notify();
}

/** Ask this before the page is left, from inside or by closing it; null: nothing would be lost. */
export function useLeaveGuard(question: string | null): void {
  useEffect(() => {
    if (question === null) return;
    const closing = (event: BeforeUnloadEvent) => event.preventDefault();
    const guard = () => confirm(question);
    addEventListener("beforeunload", closing);
    guards.add(guard);
    return () => {
      removeEventListener("beforeunload", closing);
      guards.delete(guard);
    };
  }, [question]);
}

export function usePath(): string {
  return useSyncExternalStore((call) => changes.add(call), () => location.pathname + location.search);
}
