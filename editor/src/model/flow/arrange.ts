/** Boxes put in line, and at equal distances. */
import type { Box } from "./geometry";
import type { Position } from "./types";

export type Edge = "left" | "centre" | "right" | "top" | "middle" | "bottom";

export interface NamedBox extends Box {
  id: string;
}

/** Left, right, top and bottom go to the outermost box, centre and middle to the middle of all. */
export function align(boxes: readonly NamedBox[], edge: Edge): Record<string, Position> {
  const least = (of: (box: Box) => number) => Math.min(...boxes.map(of));
  const most = (of: (box: Box) => number) => Math.max(...boxes.map(of));
  const left = least((box) => box.x);
  const right = most((box) => box.x + box.width);
  const top = least((box) => box.y);
  const bottom = most((box) => box.y + box.height);
  const place = (box: Box): Position => {
    switch (edge) {
      case "left": return [left, box.y];
      case "right": return [right - box.width, box.y];
      case "centre": return [Math.round((left + right - box.width) / 2), box.y];
      case "top": return [box.x, top];
      case "bottom": return [box.x, bottom - box.height];
      case "middle": return [box.x, Math.round((top + bottom - box.height) / 2)];
    }
  };
  return Object.fromEntries(boxes.map((box) => [box.id, place(box)]));
}

/** The gaps between neighbours become equal; the two outermost boxes stay. */
export function distribute(boxes: readonly NamedBox[], axis: "x" | "y"): Record<string, Position> {
  const size = axis === "x" ? "width" : "height";
  const sorted = boxes.toSorted((one, other) => one[axis] - other[axis]);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (!first || !last || sorted.length < 3) return Object.fromEntries(boxes.map((box) => [box.id, [box.x, box.y]]));
  const filled = sorted.reduce((sum, box) => sum + box[size], 0);
  const gap = (last[axis] + last[size] - first[axis] - filled) / (sorted.length - 1);
  let at = first[axis];
  return Object.fromEntries(sorted.map((box): [string, Position] => {
    const place = Math.round(at);
    at += box[size] + gap;
    return [box.id, axis === "x" ? [place, box.y] : [box.x, place]];
  }));
}
