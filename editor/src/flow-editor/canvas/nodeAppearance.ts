/** How a node type looks: colour of its category, icon, title. */
import { subflowPortOf } from "../../model/flow/scene";
import type { NodeType } from "../../model/flow/server";
import { type NodeSpec, SUBFLOW_PREFIX } from "../../model/flow/types";
import type { LocalizedText } from "../../platform/i18n/words";

/** Categories in the order of the palette, each with the family of colours that it belongs to. */
export const families: Record<string, string> = {
  input: "input", network: "input", flow: "flow", logic: "filter", filter: "filter", shape: "function", calculate: "function", parse: "function",
  sequence: "flow", time: "flow", storage: "storage", gas: "gas", output: "output", notify: "notify",
};

export const familyOf = (type: NodeType | undefined): string => families[type?.category ?? ""] ?? "other";

const portIcon = (port: ReturnType<typeof subflowPortOf>): string => (port ? (port.side === "inputs" ? "log-in" : "log-out") : "");

export const iconOf = (node: Pick<NodeSpec, "id" | "type">, type: NodeType | undefined): string =>
  portIcon(node.type === "" ? subflowPortOf(node.id) : null) || type?.icon || (node.type.startsWith(SUBFLOW_PREFIX) ? "layers" : "circle-alert");

export function labelOf(node: NodeSpec, localize: (words: LocalizedText | undefined) => string): string {
  return localize(node.title) || subflowPortOf(node.id)?.name || node.id;
}
