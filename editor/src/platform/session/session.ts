/** Who is signed in, and what that role may do. */
import { create } from "zustand";
import { api, signedOut } from "../api/client";
import { ApiError } from "../api/problem";
import { socket } from "../api/socket";
import type { Role, Session } from "../api/types";
import { onLanguageChange } from "../i18n";

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2, integrator: 3 };
export const ROLES = Object.keys(RANK) as Role[];

/** `null`: signed out; `undefined`: not known yet. */
export const useSession = create<{ session: Session | null | undefined }>(() => ({ session: undefined }));

export const roleAllows = (role: Role | undefined, needs: Role | undefined): boolean =>
  needs === undefined || (role !== undefined && RANK[role] >= RANK[needs]);

export function useAllowed(needs: Role | undefined): boolean {
  return useSession(({ session }) => roleAllows(session?.role, needs));
}

export const allowed = (needs: Role | undefined): boolean => roleAllows(useSession.getState().session?.role, needs);

function setSession(session: Session | null): void {
  useSession.setState({ session });
  if (session && !session.must_change) socket.start();
  else socket.stop();
}

async function loadSession(): Promise<void> {
  try {
    setSession(await api.get<Session>("/session"));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    setSession(null);
  }
}

/** Finds out who is signed in, and hears of it when that ends; the answer stops it. */
export function followSession(onError: (error: unknown) => void): () => void {
  const stop = signedOut.add(() => setSession(null));
  const stopLanguage = onLanguageChange(() => socket.renew());
  loadSession().catch(onError);
  return () => {
    stop();
    stopLanguage();
  };
}

export async function signIn(user: string, password: string): Promise<void> {
  setSession(await api.post<Session>("/session", { user, password }));
}

export async function changePassword(old: string, fresh: string): Promise<void> {
  setSession(await api.post<Session>("/session/password", { old, new: fresh }));
}

export async function signOut(): Promise<void> {
  await api.delete("/session");
  setSession(null);
}
