/** The alarms that are not normal: held once, for the wall, the pages of devices and plans and the list of alarms alike. */
import { create } from "zustand";
import { api } from "../../platform/api/client";
import { PersistentLoad } from "../../platform/api/persistentLoad";
import { onReconnect, socket } from "../../platform/api/socket";
import { toastError } from "../../platform/kit/toasts";
import { type AlarmsByDevice, withEvents } from "./alarms";
import { serverClock } from "./serverClock";
import type { AlarmBoard, OpenAlarm } from "./types";

/** `bySn` is null until the alarms have been loaded: no list of alarms is not the same as an empty one. */
export const useOpenAlarms = create<{ bySn: AlarmsByDevice | null }>(() => ({ bySn: null }));

type AlarmEvent = OpenAlarm & { kind?: string };

class OpenAlarms {
  private followers = 0;
  private leave: (() => void)[] = [];
  /** What has happened since the question that is under way was asked: its answer may be older. */
  private since: OpenAlarm[] | null = null;
  private readonly loading = new PersistentLoad(() => this.ask(), (board) => this.answered(board), (error) => this.failed(error));

  /** Keeps the alarms up to date until the answer is called. */
  follow(): () => void {
    if (this.followers++ === 0) this.begin();
    return () => {
      if (--this.followers === 0) this.end();
    };
  }

  load(): Promise<void> {
    return this.loading.run();
  }

  /** Takes in events, and what a command has answered before the flow tells it. */
  take(events: readonly OpenAlarm[]): void {
    if (events.length === 0) return;
    this.since?.push(...events);
    const { bySn } = useOpenAlarms.getState();
    if (bySn) useOpenAlarms.setState({ bySn: withEvents(bySn, events) });
  }

  /** Takes in what a flow tells. A reading that came late was an alarm of its own, which is over: it says nothing of the one that is on. */
  hear(items: readonly AlarmEvent[]): void {
    this.take(items.filter((item) => item.state !== undefined && item.active !== undefined && item.kind !== "late"));
  }

  /** The device is gone, and its alarms with it. */
  forget(sn: string): void {
    const { bySn } = useOpenAlarms.getState();
    if (bySn?.has(sn)) useOpenAlarms.setState({ bySn: new Map([...bySn].filter(([other]) => other !== sn)) });
  }

  of(sn: string): Iterable<OpenAlarm> {
    return useOpenAlarms.getState().bySn?.get(sn)?.values() ?? [];
  }

  /** Somebody has taken note of these alarms; the answer is how many of them the server refused, as they are others by now. */
  async acknowledge(alarms: readonly OpenAlarm[]): Promise<number> {
    const { done, refused } = await api.post<{ done: OpenAlarm[]; refused: unknown[] }>("/alarms/acknowledge", {
      alarms: alarms.map(({ sn, type, raised_at }) => ({ sn, type, raised_at })),
    });
    this.take(done);
    return refused.length;
  }

  private ask(): Promise<AlarmBoard> {
    this.since = [];
    return api.get<AlarmBoard>("/alarms");
  }

  private answered({ now, alarms }: AlarmBoard): void {
    serverClock.set(now);
    useOpenAlarms.setState({ bySn: withEvents(withEvents(new Map(), alarms), this.since ?? []) });
    this.since = null;
  }

  private failed(error: unknown): void {
    this.since = null;
    toastError(error);
  }

  private begin(): void {
    this.leave = [
      socket.subscribe<AlarmEvent>("live:alarms", ({ items, skipped }) => {
        this.hear(items);
        // What was too much for this browser is asked for.
        if (skipped) void this.load();
      }),
      onReconnect(() => void this.load()),
    ];
    void this.load();
  }

  private end(): void {
    for (const leave of this.leave) leave();
    this.loading.stop();
    this.leave = [];
    this.since = null;
    useOpenAlarms.setState({ bySn: null });
  }
}

export const openAlarms = new OpenAlarms();
