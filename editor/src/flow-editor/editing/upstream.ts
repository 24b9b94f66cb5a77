/** Which wire brings messages to a node: the one that an expression is tried on and a sample is taken from. */
import type { Sheet } from "../../model/flow/types";

export function incomingWire(sheet: Sheet, id: string): { node: string; port: string } | null {
  for (const node of Object.values(sheet.nodes)) {
    for (const [port, targets] of Object.entries(node.to)) {
      if (port !== "error" && targets.some((target) => target.node === id && !target.disabled)) return { node: node.id, port };
    }
  }
  return null;
}
