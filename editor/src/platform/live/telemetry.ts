/** The figures of the running flow, twice a second. They go to listeners directly and never through React state. */
import { socket, useConnection } from "../api/socket";
import type { NodeMetrics, TelemetryFrame } from "../api/types";
import { Listeners } from "../events/Listeners";

const STALE_MS = 3000;

export interface WireMetrics {
  perSecond: number;
  count: number;
  last: string;
}

export class Telemetry {
  nodes: Record<string, NodeMetrics> = {};
  wires: Record<string, WireMetrics> = {};
  stale = true;
  private readonly listeners = new Listeners();
  private before: { at: number; wires: TelemetryFrame["wires"] } | null = null;
  private timer = 0;
  private end: (() => void) | null = null;

  follow(flow: string): () => void {
    this.before = null;
    this.nodes = {};
    this.wires = {};
    this.end = socket.subscribe<TelemetryFrame>(`telemetry:${flow}`, ({ items }) => {
      const latest = items.at(-1);
      if (latest) this.take(latest);
    });
    const stop = useConnection.subscribe((link) => {
      if (!link.open) this.goStale();
    });
    return () => {
      stop();
      this.end?.();
      clearTimeout(this.timer);
    };
  }

  listen(listener: () => void): () => void {
    return this.listeners.add(listener);
  }

  private take(latest: TelemetryFrame): void {
    const at = performance.now();
    const seconds = this.before ? Math.max(0.2, (at - this.before.at) / 1000) : 0;
    const wires: Record<string, WireMetrics> = {};
    for (const [wire, [count, last]] of Object.entries(latest.wires)) {
      const was = this.before?.wires[wire]?.[0];
      const passed = was === undefined ? 0 : Math.max(0, count - was);
      const now = seconds ? passed / seconds : 0;
      const smooth = this.wires[wire]?.perSecond;
      wires[wire] = { count, last: last ?? "", perSecond: smooth === undefined || now === 0 ? now : smooth * 0.5 + now * 0.5 };
    }
    this.before = { at, wires: latest.wires };
    this.nodes = latest.nodes;
    this.wires = wires;
    this.stale = false;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.goStale(), STALE_MS);
    this.listeners.notify();
  }

  private goStale(): void {
    this.stale = true;
    this.listeners.notify();
  }
}

/** A rate in as few characters as say it. */
export function formatRate(perSecond: number): string {
  if (perSecond === 0) return "";
  if (perSecond < 0.95) return `${perSecond.toFixed(1)}/s`;
  if (perSecond < 1000) return `${Math.round(perSecond)}/s`;
  return `${(perSecond / 1000).toFixed(perSecond < 10_000 ? 1 : 0)}k/s`;
}

const SIGN_PX = 6.7;

/** What stands on a wire with so much room: its rate, and as much of its last value as fits. */
export function wireLabelText({ perSecond, count, last }: WireMetrics, room_px: number): string {
  if (count === 0) return "";
  const rate = formatRate(perSecond);
  const signs = Math.min(24, Math.floor(room_px / SIGN_PX) - rate.length - 5);
  return [rate, last && signs >= 4 ? truncate(last, signs) : ""].filter(Boolean).join(" · ");
}

export const truncate = (text: string, length = 24): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
