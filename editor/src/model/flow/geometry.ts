/** Where boxes and wires lie, known without asking the browser: canvas, picture export and hit tests share it. */
import type { Ports } from "./ports";
import { ERROR_PORT, type Note, type Position, type Sheet } from "./types";

export const WIDTH = 188;
export const HEAD = 42;
export const ROW = 20;
export const GRID = 10;
const ROW_GAP = 48;
export const FRAME_PAD = 22;
export const FRAME_HEAD = 30;
export const NOTE_SIZE: Position = [220, 110];

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Several ports of one side stand in rows of their own with their names; a single one stands beside the head of the box. */
export const inRows = (list: readonly unknown[]): boolean => list.length > 1;

export function heightOf(ports: Ports): number {
  const rows = Math.max(...[ports.inputs, ports.outputs].map((list) => (inRows(list) ? list.length : 0)));
  return rows ? HEAD + rows * ROW + 6 : HEAD;
}

export const portTop = (list: readonly unknown[], index: number): number => (inRows(list) ? HEAD + index * ROW + ROW / 2 : HEAD / 2);

/** The place of a port relative to the box of its node. */
export function portAt(ports: Ports, side: "in" | "out", name: string): Position {
  if (side === "out" && name === ERROR_PORT && !ports.outputs.some((port) => port.name === name)) return [WIDTH - 22, heightOf(ports)];
  const list = side === "in" ? ports.inputs : ports.outputs;
  const index = Math.max(0, list.findIndex((port) => port.name === name));
  return [side === "in" ? 0 : WIDTH, portTop(list, index)];
}

export interface Curve {
  from: Position;
  c1: Position;
  c2: Position;
  to: Position;
}

/** The curve between two ports; it leaves to the right (from an error port downwards) and arrives from the left. */
export function curveBetween(from: Position, to: Position, downwards = false): Curve {
  const reach = Math.max(36, Math.min(160, Math.abs(to[0] - from[0]) / 2), to[0] < from[0] ? 110 : 0);
  return {
    from,
    c1: downwards ? [from[0], from[1] + 44] : [from[0] + reach, from[1]],
    c2: [to[0] - reach, to[1]],
    to,
  };
}

export const pathOf = ({ from, c1, c2, to }: Curve): string => `M${from[0]},${from[1]}C${c1[0]},${c1[1]} ${c2[0]},${c2[1]} ${to[0]},${to[1]}`;

export function pointOn({ from, c1, c2, to }: Curve, t: number): Position {
  const u = 1 - t;
  const at = (i: 0 | 1) => u * u * u * from[i] + 3 * u * u * t * c1[i] + 3 * u * t * t * c2[i] + t * t * t * to[i];
  return [at(0), at(1)];
}

export function distanceTo(curve: Curve, point: Position): number {
  let least = Infinity;
  for (let step = 0; step <= 24; step += 1) {
    const [x, y] = pointOn(curve, step / 24);
    least = Math.min(least, Math.hypot(x - point[0], y - point[1]));
  }
  return least;
}

export const noteBox = ({ at, size }: Note): Box => ({ x: at[0], y: at[1], width: (size ?? NOTE_SIZE)[0], height: (size ?? NOTE_SIZE)[1] });

export function boundsOf(boxes: Iterable<Box>): Box | null {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const { x, y, width, height } of boxes) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return left === Infinity ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

export function frameAround(boxes: Iterable<Box>): Box | null {
  const inner = boundsOf(boxes);
  if (!inner) return null;
  return { x: inner.x - FRAME_PAD, y: inner.y - FRAME_PAD - FRAME_HEAD / 2, width: inner.width + 2 * FRAME_PAD, height: inner.height + 2 * FRAME_PAD + FRAME_HEAD / 2 };
}

export const overlaps = (one: Box, other: Box): boolean =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

export const snapToGrid = (value: number): number => Math.round(value / GRID) * GRID;

/** Places for all nodes: those of the layout, and below it in columns along the flow those that have none. */
export function positionsOf(sheet: Sheet, rank: (id: string) => number, height: (id: string) => number): Map<string, Position> {
  const places = new Map<string, Position>();
  let bottom = -Infinity;
  for (const id of Object.keys(sheet.nodes)) {
    const at = sheet.layout[id];
    if (!at) continue;
    places.set(id, at);
    bottom = Math.max(bottom, at[1]);
  }
  const top = bottom === -Infinity ? 60 : bottom + 140;
  /** By column: where its next box stands. */
  const tops = new Map<number, number>();
  for (const id of Object.keys(sheet.nodes)) {
    if (places.has(id)) continue;
    const column = rank(id);
    const here = tops.get(column) ?? top;
    tops.set(column, here + height(id) + ROW_GAP);
    places.set(id, [60 + column * 260, here]);
  }
  return places;
}
