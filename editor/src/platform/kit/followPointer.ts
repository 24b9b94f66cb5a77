/**
 * Follows a pointer from its press to its end, wherever on the page it goes. `onEnd` gets the last event, or null when Escape or the
 * browser took the gesture back.
 */
export function followPointer(press: PointerEvent, onMove: (event: PointerEvent) => void, onEnd: (last: PointerEvent | null) => void): void {
  const ended = new AbortController();
  const { signal } = ended;
  const finish = (last: PointerEvent | null): void => {
    ended.abort();
    onEnd(last);
  };
  addEventListener("pointermove", (next) => next.pointerId === press.pointerId && onMove(next), { signal });
  addEventListener("pointerup", (last) => last.pointerId === press.pointerId && finish(last), { signal });
  addEventListener("pointercancel", () => finish(null), { signal });
  addEventListener("keydown", (key) => {
    if (key.key !== "Escape") return;
    key.stopPropagation();
    finish(null);
  }, { signal, capture: true });
}
