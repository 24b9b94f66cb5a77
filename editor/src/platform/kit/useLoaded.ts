/** A resource of the server, loaded when the component appears and again on demand. */
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import { toastError } from "./toasts";

export function useLoaded<T>(path: string | null): { value: T | null; reload: () => Promise<void> } {
  const [value, setValue] = useState<T | null>(null);
  const latest = useRef(0);
  const reload = useCallback(async () => {
    if (path === null) return;
    const mine = ++latest.current;
    try {
      const loaded = await api.get<T>(path);
      if (mine === latest.current) setValue(loaded);
    } catch (error) {
      if (mine === latest.current) toastError(error);
    }
  }, [path]);
  useEffect(() => {
    void reload();
    return () => void (latest.current += 1);
  }, [reload]);
  return { value, reload };
}
