/** Opening a node: a subflow shows its inside, any other node its settings. */
import { SUBFLOW_PREFIX } from "../../model/flow/types";
import type { FlowDocument } from "./FlowDocument";
import { openPanel } from "./panelLayout";

export function openNode(doc: FlowDocument, id: string): void {
  const type = doc.sheet.nodes[id]?.type ?? "";
  if (type.startsWith(SUBFLOW_PREFIX)) doc.openScope(type.slice(SUBFLOW_PREFIX.length));
  else openPanel("inspector");
}
