/** Brings a field of a node under the cursor: from the list of problems, from a search, from the file. */
import { openPanel } from "../editing/panelLayout";
import type { CanvasController } from "./CanvasController";
import { revealNode } from "./revealNode";

const PATIENCE_FRAMES = 90;

/** `field` as the server names it: `with.rules[0].op`; "" is the node itself. */
export function focusField(canvas: CanvasController, address: string, field: string): void {
  if (address) revealNode(canvas, address);
  openPanel("inspector");
  const path = field.replace(/\[(\d+)\]/g, ".$1");
  let left = PATIENCE_FRAMES;
  const look = (): void => {
    const found = nearest(path);
    if (found) {
      found.scrollIntoView({ block: "center" });
      (found.querySelector<HTMLElement>(".cm-content, input:not([type=hidden]), select, textarea, button") ?? found).focus({ preventScroll: true });
      found.classList.add("field-pointed");
      setTimeout(() => found.classList.remove("field-pointed"), 1600);
    } else if ((left -= 1) > 0) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** The field itself, else what it stands in. */
function nearest(path: string): HTMLElement | null {
  for (let here = path; here; here = here.slice(0, Math.max(0, here.lastIndexOf(".")))) {
    const found = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(here)}"]`);
    if (found) return found;
  }
  return document.querySelector<HTMLElement>("[data-field=id]");
}
