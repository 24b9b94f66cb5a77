/** Opens a flow: what the file holds, and on top of it the draft that was left in this browser. */
import { live } from "../../platform/live/telemetry";
import { handleClipboard } from "../canvas/clipboard";
import { followDraft } from "../editing/canvasState";
import { fetchView, followTypes, loadCatalogue, openView } from "../editing/document";
import { checkContinuously } from "../editing/draftCheck";
import { restoreDraft, storedDraft, storeDraftContinuously } from "../editing/draftStorage";

/** Resolves when the flow can be drawn; the answer closes it. */
export async function openFlow(name: string): Promise<() => void> {
  const [, view, left] = await Promise.all([loadCatalogue(), fetchView(name), storedDraft(name).catch(() => undefined)]);
  openView(view);
  if (left) restoreDraft(left);
  const ends = [handleClipboard(), followTypes(), followDraft(), storeDraftContinuously(), checkContinuously(), live.follow(name)];
  return () => {
    for (const end of ends) end();
  };
}
