/** A list of the server that comes a page at a time, the latest first: the first page whenever something else is asked for, the next on demand. */
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import { useDebounced } from "./timing";
import { toastError } from "./toasts";

interface Paging<T> {
  /** Rows a page. */
  page?: number;
  /** What the server needs to go on behind a row; `before` its id unless it says otherwise. */
  behind?: (row: T) => Record<string, string>;
  /** How long what is asked for must stand still before it is sent: someone types. */
  waitMs?: number;
  /** Another value than before: the first page is loaded again. */
  changed?: unknown;
}

/** `rows` is null until the first answer, `older` until there is more to load. Only the answer to the latest request counts. */
export function usePaged<T extends { id: number }>(
  path: string,
  wanted: Record<string, string> = {},
  { page = 100, behind = ({ id }) => ({ before: String(id) }), waitMs = 0, changed }: Paging<T> = {},
): { rows: T[] | null; older: (() => void) | null; reload: () => void } {
  const [rows, setRows] = useState<T[] | null>(null);
  const [more, setMore] = useState(false);
  const latest = useRef(0);
  const query = new URLSearchParams({ ...wanted, limit: String(page) }).toString();
  const asked = useDebounced(query, waitMs);
  const load = useCallback(async (from: Record<string, string> | null) => {
    const mine = ++latest.current;
    try {
      const found = await api.get<T[]>(`${path}?${asked}${from ? `&${new URLSearchParams(from)}` : ""}`);
      if (mine !== latest.current) return;
      setRows((was) => (from ? [...(was ?? []), ...found] : found));
      setMore(found.length === page);
    } catch (error) {
      if (mine === latest.current) toastError(error);
    }
  }, [path, asked, page]);
  const reload = useCallback(() => void load(null), [load]);
  useEffect(() => {
    reload();
    return () => void (latest.current += 1);
  }, [reload, changed]);
  const last = rows?.at(-1);
  return { rows, older: more && last ? () => void load(behind(last)) : null, reload };
}
