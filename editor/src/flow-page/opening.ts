/** Opens a flow: what the file holds, and on top of it the draft that was left in this browser. */
import { edit, fetchView, followTypes, loadCatalogue, show } from "../editing/document";
import { keepChecking } from "../editing/checking";
import { keepDraft, leftDraft, takeUp } from "../editing/keeping";
import { keepClipboard } from "../canvas/clipboard";
import { followDraft } from "../canvas/view";
import { restored } from "../flow/history";
import { merged } from "../flow/merge";
import { same } from "../flow/same";
import { operationsBetween } from "../flow/toOperations";
import { say } from "../i18n";
import { toast } from "../kit/toasts";
import { live } from "../live/telemetry";

/** Resolves when the flow can be drawn; the answer closes it. */
export async function openFlow(name: string): Promise<() => void> {
  const [, view, left] = await Promise.all([loadCatalogue(), fetchView(name), leftDraft(name).catch(() => undefined)]);
  show(view);
  const mine = left && restored(left);
  const base = mine?.steps[0]?.draft;
  if (mine && base && mine.steps.length > 1) {
    if (left.revision === view.revision) takeUp(left);
    else if (view.flow) {
      // The file went on without this draft: what both left alone or changed apart comes together, and where both changed one thing mine stays
      // visible as a change against theirs, so that the next deploy shows it.
      const { model } = merged(base.model, (mine.steps[mine.at] ?? mine.steps[0]!).draft.model, view.flow, () => "mine");
      if (!same(model, view.flow)) {
        edit(say("step.merge"), operationsBetween(view.flow, model));
        toast("warning", say("page.merged"), { hint: say("page.merged.hint") });
      }
    }
  }
  const ends = [keepClipboard(), followTypes(), followDraft(), keepDraft(), keepChecking(), live.follow(name)];
  return () => {
    for (const end of ends) end();
  };
}
