/** Dragging with mouse, pen or finger: from a press to its end, with the point where it is now; Escape takes it back. */
import { useRef, useState } from "react";
import { followPointer } from "../../platform/kit/followPointer";

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
  const drop = useRef(onDrop);
  drop.current = onDrop;
  const begin = (sn: string, press: React.PointerEvent, centre?: { x: number; y: number }) => {
    if (press.button !== 0) return;
    const { clientX, clientY } = press;
    let now: Drag = { sn, x: clientX, y: clientY, dx: centre ? centre.x - clientX : 0, dy: centre ? centre.y - clientY : 0, moved: false };
    const move = (event: PointerEvent) => {
      const moved = now.moved || Math.hypot(event.clientX - clientX, event.clientY - clientY) > SLOP_PX;
      now = { ...now, x: event.clientX, y: event.clientY, moved };
      setDrag(now);
    };
    setDrag(now);
    followPointer(press.nativeEvent, move, (last) => {
      if (last) move(last);
      setDrag(null);
      if (last && now.moved) drop.current(now);
    });
  };
  return { drag, begin };
}
