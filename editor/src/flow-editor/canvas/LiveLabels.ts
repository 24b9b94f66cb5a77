/** Where live figures are written: elements register, and twice a second get their text straight into the DOM. */
import type { StoreApi } from "zustand";
import { type Telemetry, truncate, wireLabelText } from "../../platform/live/telemetry";
import type { CanvasState } from "./canvasState";
import type { Metrics } from "./Metrics";

interface WireLabel {
  group: SVGGElement;
  text: SVGTextElement;
  /** The whole last value, for who hovers. */
  peek: Element;
  room_px: number;
}

interface NodeLabel {
  box: HTMLElement;
  status: HTMLElement;
  figures: HTMLElement;
}

export class LiveLabels {
  /** By `node.port`; several wires may leave one port. */
  private readonly wires = new Map<string, Set<WireLabel>>();
  private readonly nodes = new Map<string, NodeLabel>();

  constructor(private readonly metrics: Metrics, private readonly canvas: StoreApi<CanvasState>, private readonly telemetry: Telemetry) {}

  /** A wire is drawn; the answer says that it is no more. */
  registerWire(port: string, label: WireLabel): () => void {
    const labels = this.wires.get(port) ?? new Set();
    labels.add(label);
    this.wires.set(port, labels);
    this.writeWire(port, labels);
    return () => {
      labels.delete(label);
      if (labels.size === 0) this.wires.delete(port);
    };
  }

  registerNode(id: string, label: NodeLabel): () => void {
    this.nodes.set(id, label);
    this.writeNode(id, label);
    return () => void (this.nodes.get(id) === label && this.nodes.delete(id));
  }

  write(): void {
    for (const [port, labels] of this.wires) this.writeWire(port, labels);
    for (const [id, label] of this.nodes) this.writeNode(id, label);
  }

  private writeWire(port: string, labels: Set<WireLabel>): void {
    const { live } = this.canvas.getState();
    const { stale } = this.telemetry;
    const at = port.lastIndexOf(".");
    const metrics = live ? this.metrics.ofWire(port.slice(0, at), port.slice(at + 1)) : undefined;
    for (const { group, text, peek, room_px } of labels) {
      put(text, metrics ? wireLabelText(metrics, room_px) : "");
      put(peek, metrics?.last ?? "");
      attribute(group, "data-flowing", metrics && metrics.perSecond > 0 && !stale ? "" : null);
      attribute(group, "data-stale", stale ? "" : null);
    }
  }

  private writeNode(id: string, { box, status, figures }: NodeLabel): void {
    const { live, heat } = this.canvas.getState();
    const metrics = live ? this.metrics.ofNode(id) : undefined;
    const [received, sent, errors, p50, p95, depth, text, level] = metrics ?? [0, 0, 0, null, null, 0, "", ""];
    put(status, truncate(text ?? ""));
    attribute(status, "title", text && text.length > 24 ? text : null);
    attribute(box, "data-level", metrics ? level || (errors > 0 ? "warning" : null) : null);
    attribute(box, "data-stale", metrics && this.telemetry.stale ? "" : null);
    attribute(box, "data-heat", heat && metrics ? String(heatOf(p95, depth, errors)) : null);
    put(figures, metrics ? `${received} → ${sent}${errors ? ` · ✕ ${errors}` : ""}${p50 !== null && p50 !== undefined ? ` · ${ms(p50)} / ${ms(p95 ?? p50)} ms` : ""}${depth ? ` · ≡ ${depth}` : ""}` : "");
  }
}

function put(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function attribute(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

const ms = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));

/** 0 to 4: how much a node asks to be looked at. */
export function heatOf(p95: number | null, depth: number, errors: number): number {
  if (errors > 0 && depth > 100) return 4;
  const slow = p95 === null || p95 === undefined ? 0 : p95 < 1 ? 0 : p95 < 10 ? 1 : p95 < 100 ? 2 : p95 < 1000 ? 3 : 4;
  const full = depth === 0 ? 0 : depth < 10 ? 1 : depth < 100 ? 2 : depth < 1000 ? 3 : 4;
  return Math.max(slow, full, errors > 0 ? 3 : 0);
}
