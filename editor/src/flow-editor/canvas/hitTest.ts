/** What lies under a point of the sheet. */
import { type Box, distanceTo, noteBox, overlaps } from "../../model/flow/geometry";
import type { Scene, SceneWire } from "../../model/flow/scene";
import type { Position, Sheet } from "../../model/flow/types";

const within = (box: Box, [x, y]: Position): boolean => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;

export function elementAt(scene: Scene, sheet: Sheet, point: Position): string | null {
  for (const box of [...scene.nodes.values()].reverse()) if (within(box, point)) return box.id;
  for (const [name, note] of Object.entries(sheet.notes)) if (within(noteBox(note), point)) return `note:${name}`;
  for (const [name, box] of scene.frames) if (within({ ...box, height: 40 }, point)) return `group:${name}`;
  return null;
}

/** The wire nearest to a point within `reach`, those named left out. */
export function wireAt(scene: Scene, point: Position, reach: number, not: (wire: SceneWire) => boolean = () => false): SceneWire | null {
  let best: SceneWire | null = null;
  let least = reach;
  for (const wire of scene.wires) {
    const { from, to } = wire.curve;
    if (point[0] < Math.min(from[0], to[0]) - 180 || point[0] > Math.max(from[0], to[0]) + 180) continue;
    if (point[1] < Math.min(from[1], to[1]) - reach - 60 || point[1] > Math.max(from[1], to[1]) + reach + 60) continue;
    const distance = distanceTo(wire.curve, point);
    if (distance < least && !not(wire)) {
      least = distance;
      best = wire;
    }
  }
  return best;
}

export function elementsIn(scene: Scene, sheet: Sheet, area: Box): string[] {
  return [
    ...[...scene.nodes.values()].filter((box) => overlaps(box, area)).map((box) => box.id),
    ...Object.entries(sheet.notes).filter(([, note]) => overlaps(noteBox(note), area)).map(([name]) => `note:${name}`),
  ];
}
