/** How a node type looks: colour of its category, icon, title. */
import type { NodeType } from "../api/types";
import type { NodeSpec, Words } from "../flow/types";
import { SUBFLOW_PREFIX } from "../flow/types";

/** Categories in the order of the palette, each with the family of colours that it belongs to. */
export const families: Record<string, string> = {
  input: "input", network: "input", flow: "flow", logic: "filter", filter: "filter", shape: "function", calculate: "function", parse: "function",
  sequence: "flow", time: "flow", storage: "storage", gas: "gas", output: "output", notify: "notify",
};

export const familyOf = (type: NodeType | undefined): string => families[type?.category ?? ""] ?? "other";

export const iconOf = (node: Pick<NodeSpec, "type">, type: NodeType | undefined): string =>
  type?.icon || (node.type.startsWith(SUBFLOW_PREFIX) ? "layers" : "circle-alert");

export function labelOf(node: NodeSpec, said: (words: Words | undefined) => string): string {
  return said(node.title) || node.id;
}
