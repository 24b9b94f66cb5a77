/** Speaks what the keyboard selected on the canvas. */
import { useCanvas } from "./CanvasController";

export function Announcer() {
  const text = useCanvas((state) => state.announce);
  return <div className="only-spoken" role="status" aria-live="polite">{text}</div>;
}
