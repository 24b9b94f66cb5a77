/** Opens a flow: what the file holds, and on top of it the draft that was left in this browser. */
import { fetchView, followTypes, loadCatalogue, show } from "../editing/document";
import { keepChecking } from "../editing/draftCheck";
import { keepDraft, leftDraft, takeUp } from "../editing/draftStorage";
import { keepClipboard } from "../canvas/clipboard";
import { followDraft } from "../editing/canvasState";
import { live } from "../../platform/live/telemetry";

/** Resolves when the flow can be drawn; the answer closes it. */
export async function openFlow(name: string): Promise<() => void> {
  const [, view, left] = await Promise.all([loadCatalogue(), fetchView(name), leftDraft(name).catch(() => undefined)]);
  show(view);
  if (left) takeUp(left);
  const ends = [keepClipboard(), followTypes(), followDraft(), keepDraft(), keepChecking(), live.follow(name)];
  return () => {
    for (const end of ends) end();
  };
}
