/** Short messages at the corner: what happened and what to do next. Errors stay until they are closed. */
import { create } from "zustand";
import { ApiError } from "../api/problem";
import { translateOr } from "../i18n";

export interface Toast {
  id: number;
  kind: "ok" | "warning" | "error";
  text: string;
  hint?: string | undefined;
  action?: { label: string; run: () => void } | undefined;
}

const SHOWN_MS = 5000;
const MOST = 4;

export const useToasts = create<{ toasts: Toast[]; nextId: number }>(() => ({ toasts: [], nextId: 1 }));

export function toast(kind: Toast["kind"], text: string, more: Pick<Toast, "hint" | "action"> = {}): void {
  const id = useToasts.getState().nextId;
  useToasts.setState(({ toasts }) => ({ nextId: id + 1, toasts: [...toasts.filter((other) => other.text !== text), { id, kind, text, ...more }].slice(-MOST) }));
  if (kind !== "error") setTimeout(() => closeToast(id), more.action ? SHOWN_MS * 3 : SHOWN_MS);
}

export function closeToast(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((other) => other.id !== id) }));
}

/** Tell of a failure in the words of its code, else of the server; an aborted request is none. */
export function toastError(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (!(error instanceof ApiError)) {
    toast("error", error instanceof Error ? error.message : String(error));
    return;
  }
  if (error.code === "license_expired") return; // the banner of the locked site says it once, on every page
  const text = translateOr(`error.${error.code}`, error.message);
  const hint = error.message !== text && error.status !== 0 ? `${error.message} ${error.hint}` : error.hint;
  toast("error", text, { hint: hint.trim() || undefined });
}
