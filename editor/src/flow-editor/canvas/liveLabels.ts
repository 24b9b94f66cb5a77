/** Where live figures are written: elements register, and twice a second get their text straight into the DOM. */
import { cut, live, wireText } from "../../platform/live/telemetry";
import { useCanvas } from "../editing/canvasState";
import { nodeMetrics, wireMetrics } from "./metrics";

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

/** By `node.port`; several wires may leave one port. */
export const wireLabels = new Map<string, Set<WireLabel>>();
export const nodeLabels = new Map<string, NodeLabel>();

export function registerWireLabel(port: string, mark: WireLabel): () => void {
  const marks = wireLabels.get(port) ?? new Set();
  marks.add(mark);
  wireLabels.set(port, marks);
  writeWire(port, marks);
  return () => {
    marks.delete(mark);
    if (marks.size === 0) wireLabels.delete(port);
  };
}

export function registerNodeLabel(id: string, mark: NodeLabel): () => void {
  nodeLabels.set(id, mark);
  writeNode(id, mark);
  return () => void (nodeLabels.get(id) === mark && nodeLabels.delete(id));
}

export function writeLiveLabels(): void {
  for (const [port, marks] of wireLabels) writeWire(port, marks);
  for (const [id, mark] of nodeLabels) writeNode(id, mark);
}

function put(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function attribute(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

function writeWire(port: string, marks: Set<WireLabel>): void {
  const shown = useCanvas.getState().live;
  const at = port.lastIndexOf(".");
  const figures = shown ? wireMetrics(port.slice(0, at), port.slice(at + 1)) : undefined;
  for (const { group, text, peek, room_px } of marks) {
    put(text, figures ? wireText(figures, room_px) : "");
    put(peek, figures?.last ?? "");
    attribute(group, "data-flowing", figures && figures.perSecond > 0 && !live.stale ? "" : null);
    attribute(group, "data-stale", live.stale ? "" : null);
  }
}

function writeNode(id: string, { box, status, figures }: NodeLabel): void {
  const { live: shown, heat } = useCanvas.getState();
  const metrics = shown ? nodeMetrics(id) : undefined;
  const [received, sent, errors, p50, p95, depth, text, level] = metrics ?? [0, 0, 0, null, null, 0, "", ""];
  put(status, cut(text ?? ""));
  attribute(status, "title", text && text.length > 24 ? text : null);
  attribute(box, "data-level", metrics ? level || (errors > 0 ? "warning" : null) : null);
  attribute(box, "data-stale", metrics && live.stale ? "" : null);
  attribute(box, "data-heat", heat && metrics ? String(heatOf(p95, depth, errors)) : null);
  put(figures, metrics ? `${received} → ${sent}${errors ? ` · ✕ ${errors}` : ""}${p50 !== null && p50 !== undefined ? ` · ${ms(p50)} / ${ms(p95 ?? p50)} ms` : ""}${depth ? ` · ≡ ${depth}` : ""}` : "");
}

const ms = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));

/** 0 to 4: how much a node asks to be looked at. */
export function heatOf(p95: number | null, depth: number, errors: number): number {
  if (errors > 0 && depth > 100) return 4;
  const slow = p95 === null || p95 === undefined ? 0 : p95 < 1 ? 0 : p95 < 10 ? 1 : p95 < 100 ? 2 : p95 < 1000 ? 3 : 4;
  const full = depth === 0 ? 0 : depth < 10 ? 1 : depth < 100 ? 2 : depth < 1000 ? 3 : 4;
  return Math.max(slow, full, errors > 0 ? 3 : 0);
}
