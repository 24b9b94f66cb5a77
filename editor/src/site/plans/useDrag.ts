/** Dragging with mouse, pen or finger: from a press to its end, with the point where it is now; Escape takes it back. */
import { useEffect, useRef, useState } from "react";

export interface Drag {
  sn: string;
  x: number;
  y: number;
  /** From the pointer to the middle of what is dragged, in pixels. */
  dx: number;
  dy: number;
  moved: boolean;
}

const SLOP_PX = 4;

export function useDrag(onDrop: (drag: Drag) => void): { drag: Drag | null; begin: (sn: string, event: React.PointerEvent, centre?: { x: number; y: number }) => void } {
  const [drag, setDrag] = useState<Drag | null>(null);
  const now = useRef<Drag | null>(null);
  const from = useRef({ x: 0, y: 0 });
  const drop = useRef(onDrop);
  drop.current = onDrop;
  const put = (next: Drag | null) => {
    now.current = next;
    setDrag(next);
  };
  const active = drag !== null;
  useEffect(() => {
    if (!active) return;
    const move = (event: PointerEvent) => {
      const was = now.current;
      if (!was) return;
      const moved = was.moved || Math.hypot(event.clientX - from.current.x, event.clientY - from.current.y) > SLOP_PX;
      put({ ...was, x: event.clientX, y: event.clientY, moved });
    };
    const end = (event: PointerEvent) => {
      move(event);
      const last = now.current;
      put(null);
      if (last?.moved) drop.current(last);
    };
    const cancel = () => put(null);
    const key = (event: KeyboardEvent) => event.key === "Escape" && cancel();
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", cancel);
    addEventListener("keydown", key, true);
    return () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", cancel);
      removeEventListener("keydown", key, true);
    };
  }, [active]);
  const begin = (sn: string, event: React.PointerEvent, centre?: { x: number; y: number }) => {
    if (event.button !== 0) return;
    from.current = { x: event.clientX, y: event.clientY };
    put({ sn, x: event.clientX, y: event.clientY, dx: centre ? centre.x - event.clientX : 0, dy: centre ? centre.y - event.clientY : 0, moved: false });
  };
  return { drag, begin };
}
