/** How a node type looks: colour of its category, icon, title. */
import type { NodeType } from "../api/types";
import type { NodeSpec, Words } from "../flow/types";
import { SUBFLOW_PREFIX } from "../flow/types";

const families: Record<string, string> = {
  input: "input", source: "input", in: "input", io: "input", network: "input",
  output: "output", sink: "output", out: "output",
  filter: "filter", logic: "filter",
  function: "function", transform: "function", math: "function", compute: "function",
  flow: "flow", common: "flow", core: "flow", control: "flow", sequence: "flow",
  storage: "storage", database: "storage", archive: "storage",
  notify: "notify", notification: "notify", alarm: "notify",
  gas: "gas", plant: "gas",
};

export const familyOf = (type: NodeType | undefined): string => families[type?.category ?? ""] ?? "other";

export const iconOf = (node: Pick<NodeSpec, "type">, type: NodeType | undefined): string =>
  type?.icon || (node.type.startsWith(SUBFLOW_PREFIX) ? "layers" : "circle-alert");

export function labelOf(node: NodeSpec, said: (words: Words | undefined) => string): string {
  return said(node.title) || node.id;
}
