/** Which link nodes of a sheet belong together, and which lead to another flow. */
import type { NodeSpec, Sheet } from "./types";

export interface Link {
  from: string;
  /** The link-in on this sheet; "" when it is elsewhere. */
  to: string;
  /** What the sender calls it. */
  name: string;
}

const SENDERS = new Set(["link-out", "link-call"]);
const RECEIVER = "link-in";

const named = (node: NodeSpec): string => String(node.with_["name"] || node.id);

function namesOf(node: NodeSpec): string[] {
  const to = node.with_["to"];
  return (Array.isArray(to) ? to : [to]).filter((name): name is string => typeof name === "string" && name !== "");
}

export const isLink = (type: string): boolean => SENDERS.has(type) || type === RECEIVER;

/** The links that begin or end at a node. */
export function linksOf(sheet: Sheet, flow: string, id: string): Link[] {
  const node = sheet.nodes[id];
  if (!node || !isLink(node.type)) return [];
  const receivers = new Map(Object.values(sheet.nodes).filter(({ type }) => type === RECEIVER).map((one) => [named(one), one.id]));
  const from = (sender: NodeSpec): Link[] => namesOf(sender).map((name) => ({ from: sender.id, name, to: receivers.get(name.startsWith(`${flow}/`) ? name.slice(flow.length + 1) : name) ?? "" }));
  if (SENDERS.has(node.type)) return from(node);
  return Object.values(sheet.nodes).filter(({ type }) => SENDERS.has(type)).flatMap(from).filter(({ to }) => to === id);
}
