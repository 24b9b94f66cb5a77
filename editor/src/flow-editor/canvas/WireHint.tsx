/** While a wire is drawn: says beside the pointer why the port below it does not take the wire. */
import { useEffect, useRef } from "react";
import { useCanvas } from "./CanvasController";

const REACH_PX = 24;

export function WireHint() {
  const element = useRef<HTMLDivElement>(null);
  const pending = useCanvas((state) => state.pending);
  useEffect(() => {
    const hint = element.current;
    if (!pending || !hint) return;
    const move = (event: PointerEvent): void => {
      const why = refusedNear(event.clientX, event.clientY);
      hint.hidden = why === "";
      hint.textContent = why;
      hint.style.left = `${event.clientX + 14}px`;
      hint.style.top = `${event.clientY + 14}px`;
    };
    addEventListener("pointermove", move);
    return () => {
      removeEventListener("pointermove", move);
      hint.hidden = true;
    };
  }, [pending]);
  return <div ref={element} className="wire-hint" role="status" hidden />;
}

function refusedNear(x: number, y: number): string {
  let nearest = REACH_PX;
  let why = "";
  for (const port of document.querySelectorAll<HTMLElement>(".port[data-fits]")) {
    const { left, top, width, height } = port.getBoundingClientRect();
    const distance = Math.hypot(left + width / 2 - x, top + height / 2 - y);
    if (distance >= nearest) continue;
    nearest = distance;
    why = port.dataset["why"] ?? "";
  }
  return why;
}
