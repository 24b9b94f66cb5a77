/** How the site stands with its licence: asked when somebody signs in, every minute, and as soon as the API refuses because of it. */
import { create } from "zustand";
import { api, licenceLocked } from "../../platform/api/client";
import type { Level } from "../../platform/kit/State";
import { toastError } from "../../platform/kit/toasts";

export interface LicenceView {
  state: "licensed" | "grace" | "evaluation" | "locked";
  light: "green" | "yellow" | "red";
  machine: string;
  ends: number | null;
  last_success: number | null;
  customer: string;
  until: number | null;
  key: string;
  key_from: "" | "settings" | "page";
  problem: string;
  code: string;
  next_check: number | null;
  clock_behind_s: number;
  server: string;
  evaluation_build: boolean;
}

const EVERY_MS = 60_000;
const LOCKED_EVERY_MS = 10_000;

/** `dismissed`: the pop-up was closed; it comes back with the next lock. */
export const useLicence = create<{ view: LicenceView | null; dismissed: boolean }>(() => ({ view: null, dismissed: false }));

export const levelOf = (view: LicenceView): Level => ({ green: "ok", yellow: "warning", red: "error" } as const)[view.light];

function show(view: LicenceView): void {
  useLicence.setState((was) => ({ view, dismissed: view.state === "locked" && was.view?.state === "locked" ? was.dismissed : false }));
}

export async function loadLicence(): Promise<void> {
  try {
    show(await api.get<LicenceView>("/licence"));
  } catch {
    // The banner of the lost link tells of it; the light stays as it was.
  }
}

/** Keep asking; the answer stops it. */
export function followLicence(): () => void {
  const locked = (): boolean => useLicence.getState().view?.state === "locked";
  let timer = 0;
  let ended = false;
  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    await loadLicence();
    clearTimeout(timer);
    if (!ended) timer = window.setTimeout(() => void ask(), locked() ? LOCKED_EVERY_MS : EVERY_MS);
  };
  const stop = licenceLocked.add(() => {
    if (!locked()) void ask();
  });
  void ask();
  return () => {
    ended = true;
    stop();
    clearTimeout(timer);
    useLicence.setState({ view: null, dismissed: false });
  };
}

async function act(call: () => Promise<LicenceView>): Promise<LicenceView | null> {
  try {
    const view = await call();
    show(view);
    return view;
  } catch (error) {
    toastError(error);
    return null;
  }
}

export const verifyNow = () => act(() => api.post<LicenceView>("/licence/verify"));
export const enterKey = (key: string) => act(() => api.put<LicenceView>("/licence/key", { key }));
export const dismiss = () => useLicence.setState({ dismissed: true });
