/** The alarms that are not normal: loaded once, then kept up to date by what the flow sends. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { api } from "../../platform/api/client";
import { socket, useLink } from "../../platform/api/socket";
import { toastError } from "../../platform/kit/toasts";
import { setServerTime } from "../live/serverTime";
import { inOrder, keyOf, merged } from "./order";
import type { ActiveAlarm, AlarmBoard } from "./types";

export interface Board {
  alarms: ActiveAlarm[] | null;
  /** Takes in what a command has answered, before the flow tells it. */
  take: (alarms: ActiveAlarm[]) => void;
  reload: () => Promise<void>;
}

export function useBoard(): Board {
  const [known, setKnown] = useState<ReadonlyMap<string, ActiveAlarm> | null>(null);
  const { returned } = useLink();
  const take = useCallback((alarms: ActiveAlarm[]) => setKnown((was) => (was === null ? was : merged(was, alarms))), []);
  const reload = useCallback(async () => {
    try {
      const board = await api.get<AlarmBoard>("/alarms");
      setServerTime(board.now);
      setKnown(new Map(board.alarms.map((alarm) => [keyOf(alarm), alarm])));
    } catch (error) {
      toastError(error);
    }
  }, []);
  useEffect(() => {
    // What was missed while the link was down, or is too much for this browser, is asked for.
    const leave = socket.subscribe<ActiveAlarm>("live:alarms", ({ items, skipped }) => {
      if (skipped) void reload();
      else take(items.filter((item) => item.state !== undefined && item.active !== undefined));
    });
    void reload();
    return leave;
  }, [reload, take, returned]);
  const alarms = useMemo(() => (known === null ? null : inOrder(known.values())), [known]);
  return { alarms, take, reload };
}
