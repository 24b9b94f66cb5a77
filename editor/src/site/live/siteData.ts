/** The live site: devices, last readings, alarms, plans. One for all pages that show it, followed as long as one of them does. */
import { create } from "zustand";
import { api } from "../../platform/api/client";
import { socket, useLink } from "../../platform/api/socket";
import { toastError } from "../../platform/kit/toasts";
import { serverNow, setServerTime } from "./serverTime";
import { type DeviceState, stateOf } from "./state";
import { type Alarm, type DebugRun, type Device, type Plan, type Reading, withDefaults } from "./types";

interface Wall {
  now: number;
  plans: Plan[];
  devices: (Partial<Device> & { sn: string })[];
  alarms: Alarm[];
  debugging: DebugRun[];
}

/** What is one per site. `shape` grows when devices or places change, `tick` once a second and with every change of an alarm. */
export interface SiteFrame {
  loaded: boolean;
  plans: Plan[];
  debugging: Record<string, DebugRun>;
  shape: number;
  alarmCount: number;
  tick: number;
}

export const useSiteFrame = create<SiteFrame>(() => ({ loaded: false, plans: [], debugging: {}, shape: 0, alarmCount: 0, tick: 0 }));

const TICK_MS = 1000;
const RELOAD_ALARMS_MS = 300;

class SiteData {
  readonly devices = new Map<string, Device>();
  readonly readings = new Map<string, Reading>();
  readonly alarms = new Map<string, Map<string, Alarm>>();
  /** When the last reading arrived, by the server's clock; 0: none has. Read with the tick: pages are not drawn again with every reading. */
  newest = 0;
  private readonly states = new Map<string, DeviceState>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly readingListeners = new Set<(readings: Reading[]) => void>();
  private users = 0;
  private leave: (() => void)[] = [];

  /** Follows the site until the answer is called. */
  use(): () => void {
    if (this.users++ === 0) this.follow();
    return () => {
      if (--this.users === 0) this.unfollow();
    };
  }

  /** Called whenever something of that device has changed, its age included. */
  listen(sn: string, call: () => void): () => void {
    const known = this.listeners.get(sn) ?? new Set();
    known.add(call);
    this.listeners.set(sn, known);
    return () => void known.delete(call);
  }

  /** Called with every frame of readings, as they come. */
  onReadings(call: (readings: Reading[]) => void): () => void {
    this.readingListeners.add(call);
    return () => void this.readingListeners.delete(call);
  }

  state(sn: string): DeviceState | undefined {
    return this.states.get(sn);
  }

  alarmsOf(sn: string): Iterable<Alarm> {
    return this.alarms.get(sn)?.values() ?? [];
  }

  /** Every alarm that is not normal, the latest first. */
  openAlarms(): Alarm[] {
    return [...this.alarms.values()].flatMap((of) => [...of.values()]).sort((one, other) => (other.raised_at ?? 0) - (one.raised_at ?? 0));
  }

  async load(): Promise<void> {
    try {
      this.take(await api.get<Wall>("/wall"));
    } catch (error) {
      toastError(error);
    }
  }

  private follow(): void {
    // Listen first, then load: what changes in between is told either way.
    this.leave = [
      socket.subscribe<Reading>("live:readings", ({ items }) => this.read(items)),
      socket.subscribe<Partial<Alarm> & { sn: string; type: string }>("live:alarms", ({ items, skipped }) => this.hearAlarms(items, (skipped ?? 0) > 0)),
      socket.subscribe<Partial<Device> & { sn: string; gone?: boolean }>("live:devices", ({ items }) => this.hearDevices(items)),
      socket.subscribe("live:plans", () => void this.load()),
      socket.subscribe<DebugRun>("live:debugging", ({ items }) => this.hearDebugging(items)),
      useLink.subscribe((link, was) => {
        if (link.returned !== was.returned) void this.load();
      }),
    ];
    const timer = setInterval(() => this.look(), TICK_MS);
    this.leave.push(() => clearInterval(timer));
    void this.load();
  }

  private unfollow(): void {
    for (const leave of this.leave) leave();
    this.leave = [];
    for (const known of [this.devices, this.readings, this.alarms, this.states]) known.clear();
    this.newest = 0;
    useSiteFrame.setState({ loaded: false });
  }

  private take(wall: Wall): void {
    setServerTime(wall.now);
    this.devices.clear();
    for (const given of wall.devices) this.devices.set(given.sn, withDefaults(given));
    for (const sn of this.readings.keys()) if (!this.devices.has(sn)) this.readings.delete(sn);
    this.alarms.clear();
    for (const alarm of wall.alarms) this.keepAlarm(alarm);
    useSiteFrame.setState(({ shape }) => ({
      loaded: true,
      plans: wall.plans,
      debugging: Object.fromEntries(wall.debugging.map((run) => [run.sn, run])),
      shape: shape + 1,
      alarmCount: this.openAlarms().length,
    }));
    this.refresh(this.devices.keys());
  }

  private read(items: Reading[]): void {
    const changed = new Set<string>();
    for (const reading of items) {
      const known = this.readings.get(reading.sn);
      // A backlog that comes late is history, not the value of now.
      if (known && known.time > reading.time && known.received_at > reading.received_at - 3600) continue;
      this.readings.set(reading.sn, reading);
      this.newest = Math.max(this.newest, reading.received_at);
      changed.add(reading.sn);
    }
    this.refresh(changed);
    for (const call of this.readingListeners) call(items);
  }

  private hearAlarms(items: (Partial<Alarm> & { sn: string; type: string })[], skipped: boolean): void {
    const changed = new Set<string>();
    for (const item of items) {
      if (item.state === undefined || item.active === undefined) continue;
      this.keepAlarm(item as Alarm);
      changed.add(item.sn);
    }
    if (skipped) setTimeout(() => void this.load(), RELOAD_ALARMS_MS);
    if (changed.size === 0) return;
    this.refresh(changed);
    useSiteFrame.setState(({ tick }) => ({ alarmCount: this.openAlarms().length, tick: tick + 1 }));
  }

  private keepAlarm(alarm: Alarm): void {
    const of = this.alarms.get(alarm.sn) ?? new Map<string, Alarm>();
    if (alarm.state === "normal") of.delete(alarm.type);
    else of.set(alarm.type, alarm);
    if (of.size > 0) this.alarms.set(alarm.sn, of);
    else this.alarms.delete(alarm.sn);
  }

  private hearDevices(items: (Partial<Device> & { sn: string; gone?: boolean })[]): void {
    for (const { gone, ...given } of items) {
      if (gone) {
        for (const known of [this.devices, this.readings, this.alarms, this.states]) known.delete(given.sn);
      } else this.devices.set(given.sn, withDefaults(given));
    }
    useSiteFrame.setState(({ shape }) => ({ shape: shape + 1 }));
    this.refresh(items.map(({ sn }) => sn));
  }

  private hearDebugging(items: DebugRun[]): void {
    const debugging = { ...useSiteFrame.getState().debugging };
    for (const run of items) {
      if (run.ends_at === null) delete debugging[run.sn];
      else debugging[run.sn] = run;
    }
    useSiteFrame.setState({ debugging });
    this.refresh(items.map(({ sn }) => sn));
  }

  /** Once a second: ages grow though nothing comes. */
  private look(): void {
    const now = serverNow();
    const changed: string[] = [];
    for (const device of this.devices.values()) {
      const was = this.states.get(device.sn);
      const is = stateOf(device, this.readings.get(device.sn), this.alarmsOf(device.sn), now);
      if (!was || was.code !== is.code || was.stale !== is.stale) changed.push(device.sn);
    }
    this.refresh(changed);
    useSiteFrame.setState(({ tick }) => ({ tick: tick + 1 }));
  }

  private refresh(sns: Iterable<string>): void {
    const now = serverNow();
    for (const sn of sns) {
      const device = this.devices.get(sn);
      if (device) this.states.set(sn, stateOf(device, this.readings.get(sn), this.alarmsOf(sn), now));
      for (const call of this.listeners.get(sn) ?? []) call();
    }
  }
}

export const siteData = new SiteData();
