/** Which rows of a long list with rows of one height are to be drawn. */
import { type RefObject, useEffect, useState } from "react";

const OVERSCAN = 8;

export interface VisibleRange {
  first: number;
  last: number;
  above: number;
  below: number;
}

export function visibleRange(count: number, rowHeight: number, scrollTop: number, height: number): VisibleRange {
  const first = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight) - OVERSCAN));
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + OVERSCAN);
  return { first, last, above: first * rowHeight, below: Math.max(0, count - last) * rowHeight };
}

export function useVirtualRows(element: RefObject<HTMLElement | null>, count: number, rowHeight: number): VisibleRange {
  const [place, setPlace] = useState({ top: 0, height: 600 });
  useEffect(() => {
    const box = element.current;
    if (!box) return;
    const read = () => setPlace({ top: box.scrollTop, height: box.clientHeight });
    read();
    box.addEventListener("scroll", read, { passive: true });
    const resized = new ResizeObserver(read);
    resized.observe(box);
    return () => {
      box.removeEventListener("scroll", read);
      resized.disconnect();
    };
  }, [element]);
  return visibleRange(count, rowHeight, Math.min(place.top, Math.max(0, count * rowHeight - place.height)), place.height);
}
