/** Goes to a node of the open flow by its address, wherever it lies. */
import { sheetOf, splitAddress } from "../../model/flow/sheet";
import { modelIn } from "../editing/FlowDocument";
import type { CanvasController } from "./CanvasController";

/** Opens the sheet of a node, selects it and brings it into view; false when it is gone. */
export function revealNode(canvas: CanvasController, address: string): boolean {
  const { scope, name } = splitAddress(address);
  const state = canvas.doc.state;
  const sheet = sheetOf(modelIn(state), scope);
  if (!sheet || !(name in sheet.nodes || (name.startsWith("note:") && name.slice(5) in sheet.notes))) return false;
  if (state.scope !== scope) canvas.doc.openScope(scope);
  canvas.doc.select([name]);
  // A sheet that has just been opened is first shown as a whole.
  requestAnimationFrame(() => canvas.reveal(name));
  return true;
}
