/** Opens a flow: what the file holds, and on top of it the draft that was left in this browser. */
import { fetchView, followTypes, loadCatalogue, show } from "../editing/document";
import { keepChecking } from "../editing/checking";
import { keepDraft, leftDraft, takeUp } from "../editing/keeping";
import { keepClipboard } from "../canvas/clipboard";
import { followDraft } from "../canvas/view";
import { live } from "../live/telemetry";

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
