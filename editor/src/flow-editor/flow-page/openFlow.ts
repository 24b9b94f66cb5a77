/** Opens a flow: what the file holds, and on top of it the draft that was left in this browser. */
import { Telemetry } from "../../platform/live/telemetry";
import { CanvasController } from "../canvas/CanvasController";
import { Clipboard } from "../canvas/Clipboard";
import { Tracing } from "../debug/Tracing";
import { Deployment } from "../deploy/Deployment";
import { DraftCheck } from "../editing/DraftCheck";
import { restoreDraft, storedDraft, storeDraftContinuously } from "../editing/draftStorage";
import { fetchView, FlowDocument } from "../editing/FlowDocument";
import { TestBench } from "../testing/TestBench";
import { Commands } from "./allCommands";
import { installShortcuts } from "./shortcuts";

/** One flow that is open, with all that works on it. */
export interface OpenFlow {
  doc: FlowDocument;
  check: DraftCheck;
  canvas: CanvasController;
  clipboard: Clipboard;
  deployment: Deployment;
  tracing: Tracing;
  testBench: TestBench;
  commands: Commands;
  close: () => void;
}

/** Resolves when the flow can be drawn. */
export async function openFlow(name: string): Promise<OpenFlow> {
  const doc = new FlowDocument(name);
  const [, view, left] = await Promise.all([doc.loadCatalogue(), fetchView(name), storedDraft(name).catch(() => undefined)]);
  doc.openView(view);
  if (left) restoreDraft(doc, left);
  const check = new DraftCheck(doc);
  const canvas = new CanvasController(doc, new Telemetry());
  const clipboard = new Clipboard(canvas);
  const commands = new Commands(canvas, clipboard, check);
  const ends = [clipboard.follow(), doc.followTypes(), canvas.follow(), storeDraftContinuously(doc), check.follow(), installShortcuts(commands)];
  return {
    doc, check, canvas, clipboard, commands,
    deployment: new Deployment(doc, check), tracing: new Tracing(doc), testBench: new TestBench(doc, check),
    close: () => {
      for (const end of ends) end();
    },
  };
}
