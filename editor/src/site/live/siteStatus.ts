/** Whether alarms are judged, who is notified of them and what is not well: the same on every page. */
import { create } from "zustand";
import { onReconnect, socket } from "../../platform/api/socket";

export interface SiteStatus {
  /** `by` is the process that judges, "" when none does; `since` (Unix s) when the last one stopped. */
  judging: { here: boolean; by: string; since: number | null; problem: string };
  channels: string[];
  unacknowledged: number | null;
  faults: { part: string; problem: string }[];
}

const PATIENCE_MS = 10_000;

/** `unknown`: the server has had time to say it and has not, as while it starts. */
export const useSiteStatus = create<{ status: SiteStatus | null; unknown: boolean }>(() => ({ status: null, unknown: false }));

/** Follows it until the answer is called. */
export function followSiteStatus(): () => void {
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    // What was said before the link broke may no longer be so.
    useSiteStatus.setState({ status: null, unknown: false });
    timer = window.setTimeout(() => useSiteStatus.setState({ unknown: true }), PATIENCE_MS);
  };
  wait();
  const leave = [
    socket.subscribe<SiteStatus>("live:status", ({ items }) => {
      const status = items.at(-1);
      if (!status) return;
      clearTimeout(timer);
      useSiteStatus.setState({ status, unknown: false });
    }),
    onReconnect(wait),
  ];
  return () => {
    clearTimeout(timer);
    for (const end of leave) end();
  };
}
