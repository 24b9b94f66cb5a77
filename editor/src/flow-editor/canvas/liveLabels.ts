/** Where live figures are written: elements register, and twice a second get their text straight into the DOM. */
import { nodeFigures, wireFigures } from "./metrics";
import { cut, live, wireText } from "../../platform/live/telemetry";
import { useCanvas } from "../editing/canvasState";

interface WireMark {
  group: SVGGElement;
  text: SVGTextElement;
  /** The whole last value, for who hovers. */
  peek: Element;
  room_px: number;
}

interface NodeMark {
  box: HTMLElement;
  status: HTMLElement;
  figures: HTMLElement;
}

/** By `node.port`; several wires may leave one port. */
export const wireMarks = new Map<string, Set<WireMark>>();
export const nodeMarks = new Map<string, NodeMark>();

export function markWire(port: string, mark: WireMark): () => void {
  const marks = wireMarks.get(port) ?? new Set();
  marks.add(mark);
  wireMarks.set(port, marks);
  writeWire(port, marks);
  return () => {
    marks.delete(mark);
    if (marks.size === 0) wireMarks.delete(port);
  };
}

export function markNode(id: string, mark: NodeMark): () => void {
  nodeMarks.set(id, mark);
  writeNode(id, mark);
  return () => void (nodeMarks.get(id) === mark && nodeMarks.delete(id));
}

export function writeFigures(): void {
  for (const [port, marks] of wireMarks) writeWire(port, marks);
  for (const [id, mark] of nodeMarks) writeNode(id, mark);
}

function put(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function attribute(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

function writeWire(port: string, marks: Set<WireMark>): void {
  const shown = useCanvas.getState().live;
  const at = port.lastIndexOf(".");
  const figures = shown ? wireFigures(port.slice(0, at), port.slice(at + 1)) : undefined;
  for (const { group, text, peek, room_px } of marks) {
    put(text, figures ? wireText(figures, room_px) : "");
    put(peek, figures?.last ?? "");
    attribute(group, "data-flowing", figures && figures.perSecond > 0 && !live.stale ? "" : null);
    attribute(group, "data-stale", live.stale ? "" : null);
  }
}

function writeNode(id: string, { box, status, figures }: NodeMark): void {
  const { live: shown, heat } = useCanvas.getState();
  const told = shown ? nodeFigures(id) : undefined;
  const [received, sent, errors, p50, p95, depth, text, level] = told ?? [0, 0, 0, null, null, 0, "", ""];
  put(status, cut(text ?? ""));
  attribute(status, "title", text && text.length > 24 ? text : null);
  attribute(box, "data-level", told ? level || (errors > 0 ? "warning" : null) : null);
  attribute(box, "data-stale", told && live.stale ? "" : null);
  attribute(box, "data-heat", heat && told ? String(heatOf(p95, depth, errors)) : null);
  put(figures, told ? `${received} → ${sent}${errors ? ` · ✕ ${errors}` : ""}${p50 !== null && p50 !== undefined ? ` · ${ms(p50)} / ${ms(p95 ?? p50)} ms` : ""}${depth ? ` · ≡ ${depth}` : ""}` : "");
}

const ms = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));

/** 0 to 4: how much a node asks to be looked at. */
export function heatOf(p95: number | null, depth: number, errors: number): number {
  if (errors > 0 && depth > 100) return 4;
  const slow = p95 === null || p95 === undefined ? 0 : p95 < 1 ? 0 : p95 < 10 ? 1 : p95 < 100 ? 2 : p95 < 1000 ? 3 : 4;
  const full = depth === 0 ? 0 : depth < 10 ? 1 : depth < 100 ? 2 : depth < 1000 ? 3 : 4;
  return Math.max(slow, full, errors > 0 ? 3 : 0);
}
