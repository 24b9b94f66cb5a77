/** The live site: devices, last readings, states, plans. One for all pages that show it, followed as long as one of them does. */
import { create } from "zustand";
import { api } from "../../platform/api/client";
import { PersistentLoad } from "../../platform/api/persistentLoad";
import { onReconnect, socket } from "../../platform/api/socket";
import { Listeners } from "../../platform/events/Listeners";
import { toastError } from "../../platform/kit/toasts";
import type { AlarmsByDevice } from "./alarms";
import { openAlarms, useOpenAlarms } from "./openAlarms";
import { serverClock } from "./serverClock";
import { type DeviceState, isNewByArrival, stateOf } from "./state";
import { type DebugRun, type Device, type Plan, type Reading, withDefaults } from "./types";

interface Wall {
  now: number;
  plans: Plan[];
  devices: (Partial<Device> & { sn: string })[];
  debugging: DebugRun[];
}

/** What is one per site. `shape` grows when devices or places change, `tick` once a second and with every change of an alarm. */
export interface SiteFrame {
  loaded: boolean;
  plans: Plan[];
  debugging: Record<string, DebugRun>;
  shape: number;
  tick: number;
}

export const useSiteFrame = create<SiteFrame>(() => ({ loaded: false, plans: [], debugging: {}, shape: 0, tick: 0 }));

const TICK_MS = 1000;

class SiteData {
  readonly devices = new Map<string, Device>();
  readonly readings = new Map<string, Reading>();
  /** When the last reading arrived, by the server's clock; 0: none has. Read with the tick: pages are not drawn again with every reading. */
  newest = 0;
  private readonly states = new Map<string, DeviceState>();
  private readonly listeners = new Map<string, Listeners>();
  private users = 0;
  private leave: (() => void)[] = [];
  private readonly loading = new PersistentLoad(() => api.get<Wall>("/wall"), (wall) => this.take(wall), toastError);

  /** Follows the site until the answer is called. */
  use(): () => void {
    if (this.users++ === 0) this.follow();
    return () => {
      if (--this.users === 0) this.unfollow();
    };
  }

  /** Called whenever something of that device has changed, its age included. */
  listen(sn: string, call: () => void): () => void {
    const known = this.listeners.get(sn) ?? new Listeners();
    this.listeners.set(sn, known);
    return known.add(call);
  }

  state(sn: string): DeviceState | undefined {
    return this.states.get(sn);
  }

  load(): Promise<void> {
    return this.loading.run();
  }

  private follow(): void {
    // Listen first, then load: what changes in between is told either way.
    this.leave = [
      socket.subscribe<Reading>("live:readings", ({ items }) => this.read(items)),
      socket.subscribe<Partial<Device> & { sn: string; gone?: boolean }>("live:devices", ({ items }) => this.hearDevices(items)),
      socket.subscribe("live:plans", () => void this.load()),
      socket.subscribe<DebugRun>("live:debugging", ({ items }) => this.hearDebugging(items)),
      onReconnect(() => void this.load()),
      openAlarms.follow(),
      useOpenAlarms.subscribe((now, before) => this.hearAlarms(now.bySn, before.bySn)),
    ];
    const timer = setInterval(() => this.look(), TICK_MS);
    this.leave.push(() => clearInterval(timer));
    void this.load();
  }

  private unfollow(): void {
    for (const leave of this.leave) leave();
    this.loading.stop();
    this.leave = [];
    for (const known of [this.devices, this.readings, this.states]) known.clear();
    this.newest = 0;
    useSiteFrame.setState({ loaded: false });
  }

  private take(wall: Wall): void {
    serverClock.set(wall.now);
    this.devices.clear();
    for (const given of wall.devices) this.devices.set(given.sn, withDefaults(given));
    for (const sn of this.readings.keys()) if (!this.devices.has(sn)) this.readings.delete(sn);
    useSiteFrame.setState(({ shape }) => ({
      loaded: true,
      plans: wall.plans,
      debugging: Object.fromEntries(wall.debugging.map((run) => [run.sn, run])),
      shape: shape + 1,
    }));
    this.refresh(this.devices.keys());
  }

  private read(items: Reading[]): void {
    const changed = new Set<string>();
    for (const reading of items) {
      const known = this.readings.get(reading.sn);
      // A backlog that comes late is history, not the value of now.
      if (known && known.time > reading.time && !isNewByArrival(reading) && known.received_at > reading.received_at - 3600) continue;
      this.readings.set(reading.sn, reading);
      this.newest = Math.max(this.newest, reading.received_at);
      changed.add(reading.sn);
    }
    this.refresh(changed);
  }

  private hearAlarms(now: AlarmsByDevice | null, before: AlarmsByDevice | null): void {
    const sns = new Set([...(now?.keys() ?? []), ...(before?.keys() ?? [])]);
    this.refresh([...sns].filter((sn) => now?.get(sn) !== before?.get(sn)));
    useSiteFrame.setState(({ tick }) => ({ tick: tick + 1 }));
  }

  private hearDevices(items: (Partial<Device> & { sn: string; gone?: boolean })[]): void {
    for (const { gone, ...given } of items) {
      if (gone) {
        for (const known of [this.devices, this.readings, this.states]) known.delete(given.sn);
        openAlarms.forget(given.sn);
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
    const now = serverClock.now();
    const changed: string[] = [];
    for (const device of this.devices.values()) {
      const was = this.states.get(device.sn);
      const is = stateOf(device, this.readings.get(device.sn), openAlarms.of(device.sn), now);
      if (!was || was.code !== is.code || was.stale !== is.stale) changed.push(device.sn);
    }
    this.refresh(changed);
    useSiteFrame.setState(({ tick }) => ({ tick: tick + 1 }));
  }

  private refresh(sns: Iterable<string>): void {
    const now = serverClock.now();
    for (const sn of sns) {
      const device = this.devices.get(sn);
      if (device) this.states.set(sn, stateOf(device, this.readings.get(sn), openAlarms.of(sn), now));
      this.listeners.get(sn)?.notify();
    }
  }
}

export const siteData = new SiteData();
