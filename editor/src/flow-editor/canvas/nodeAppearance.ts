/** How a node type looks: colour of its category, icon, title. */
import type { NodeSpec } from "../../model/flow/types";
import { portOfSheet } from "../../model/flow/scene";
import { SUBFLOW_PREFIX } from "../../model/flow/types";
import type { NodeType } from "../../model/flow/server";
import type { Words } from "../../platform/i18n/words";

/** Categories in the order of the palette, each with the family of colours that it belongs to. */
export const families: Record<string, string> = {
  input: "input", network: "input", flow: "flow", logic: "filter", filter: "filter", shape: "function", calculate: "function", parse: "function",
  sequence: "flow", time: "flow", storage: "storage", gas: "gas", output: "output", notify: "notify",
};

export const familyOf = (type: NodeType | undefined): string => families[type?.category ?? ""] ?? "other";

const portIcon = (port: ReturnType<typeof portOfSheet>): string => (port ? (port.side === "inputs" ? "log-in" : "log-out") : "");

export const iconOf = (node: Pick<NodeSpec, "id" | "type">, type: NodeType | undefined): string =>
  portIcon(node.type === "" ? portOfSheet(node.id) : null) || type?.icon || (node.type.startsWith(SUBFLOW_PREFIX) ? "layers" : "circle-alert");

export function labelOf(node: NodeSpec, said: (words: Words | undefined) => string): string {
  return said(node.title) || portOfSheet(node.id)?.name || node.id;
}
