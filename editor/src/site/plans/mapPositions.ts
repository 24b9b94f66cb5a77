/** Where devices are being put on a plan, not saved yet: what was moved, with undo and redo. */
export interface MapPosition {
  left: number;
  top: number;
}

/** What differs from the saved places; null: taken off the plan. */
export type Moves = Readonly<Record<string, MapPosition | null>>;

export interface PlacementDraft {
  past: readonly Moves[];
  moves: Moves;
  future: readonly Moves[];
}

const MOST_STEPS = 200;

export const NO_MOVES: PlacementDraft = { past: [], moves: {}, future: [] };

const within = (value: number): number => Math.round(Math.min(100, Math.max(0, value)) * 100) / 100;

export const positionAt = (left: number, top: number): MapPosition => ({ left: within(left), top: within(top) });

/** A point of the window on a plan drawn in that rectangle. */
export const positionIn = (rect: { left: number; top: number; width: number; height: number }, x: number, y: number): MapPosition =>
  positionAt((100 * (x - rect.left)) / rect.width, (100 * (y - rect.top)) / rect.height);

export function move(placing: PlacementDraft, sn: string, spot: MapPosition | null): PlacementDraft {
  return { past: [...placing.past, placing.moves].slice(-MOST_STEPS), moves: { ...placing.moves, [sn]: spot }, future: [] };
}

export function undo({ past, moves, future }: PlacementDraft): PlacementDraft {
  const before = past.at(-1);
  return before === undefined ? { past, moves, future } : { past: past.slice(0, -1), moves: before, future: [moves, ...future] };
}

export function redo({ past, moves, future }: PlacementDraft): PlacementDraft {
  const [next, ...rest] = future;
  return next === undefined ? { past, moves, future } : { past: [...past, moves], moves: next, future: rest };
}
