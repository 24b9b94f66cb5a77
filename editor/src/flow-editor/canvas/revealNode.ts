/** Goes to a node of the open flow by its address, wherever it lies. */
import { sheetOf, splitAddress } from "../../model/flow/sheet";
import { stage } from "../editing/canvasState";
import { modelIn, openScope, select, useDocument } from "../editing/document";

/** Opens the sheet of a node, selects it and brings it into view; false when it is gone. */
export function revealNode(address: string): boolean {
  const { scope, name } = splitAddress(address);
  const state = useDocument.getState();
  const sheet = sheetOf(modelIn(state), scope);
  if (!sheet || !(name in sheet.nodes || (name.startsWith("note:") && name.slice(5) in sheet.notes))) return false;
  if (state.scope !== scope) openScope(scope);
  select([name]);
  // A sheet that has just been opened is first shown as a whole.
  requestAnimationFrame(() => stage.reveal(name));
  return true;
}
