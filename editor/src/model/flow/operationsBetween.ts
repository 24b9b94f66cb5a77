/** The operations that lead from one version of a flow to another. */
import { type Json, sameJson } from "../../platform/api/json";
import { subflowDefinition } from "./definition";
import type { Operation } from "./operations";
import { addressOf } from "./sheet";
import { formatTarget, formatWires } from "./targets";
import type { FlowModel, NodeSpec, Position, Sheet } from "./types";

/** One edit in the order in which it can be made: the definition of a subflow is that of before the edit, so it comes first. */
export const definitionsFirst = (operations: Operation[]): Operation[] => [
  ...operations.filter(({ op }) => op === "set_subflow"),
  ...operations.filter(({ op }) => op !== "set_subflow"),
];

export function operationsBetween(old: FlowModel, now: FlowModel): Operation[] {
  const operations: Operation[] = [];
  for (const [name, subflow] of Object.entries(now.subflows)) {
    const was = old.subflows[name];
    if (was && sameJson({ ...was, nodes: 0, layout: 0, groups: 0, notes: 0 }, { ...subflow, nodes: 0, layout: 0, groups: 0, notes: 0 })) operations.push(...sheetOperations(name, was, subflow));
    else operations.push({ op: "set_subflow", name, definition: subflowDefinition(subflow) });
  }
  operations.push(...sheetOperations("", old, now));
  for (const name of Object.keys(old.subflows)) if (!(name in now.subflows)) operations.push({ op: "remove_subflow", name });
  const head: Extract<Operation, { op: "set_flow" }> = { op: "set_flow" };
  if (!sameJson(old.title, now.title)) head.title = now.title;
  if (!sameJson(old.help, now.help)) head.help = now.help;
  if (old.disabled !== now.disabled) head.disabled = now.disabled;
  if (!sameJson(old.on_error, now.on_error)) head.on_error = now.on_error ? formatTarget(now.on_error) : "";
  if (Object.keys(head).length > 1) operations.push(head);
  return operations;
}

function sheetOperations(scope: string, old: Sheet, now: Sheet): Operation[] {
  const operations: Operation[] = [];
  const later: Operation[] = [];
  for (const [id, node] of Object.entries(now.nodes)) {
    const was = old.nodes[id];
    const address = addressOf(scope, id);
    if (!was) {
      // Wired once every node is there: two new nodes may name each other.
      operations.push({ op: "add_node", id: address, type: node.type, ...bare(node) });
      if (Object.keys(node.to).length) later.push({ op: "change_node", id: address, to: formatWires(node.to) });
    } else if (was !== node) later.push(...nodeOperations(address, was, node));
  }
  operations.push(...later);
  for (const id of Object.keys(old.nodes)) if (!(id in now.nodes)) operations.push({ op: "remove_node", id: addressOf(scope, id) });
  return [...operations, ...annotationOperations(scope, old, now)];
}

function bare(node: NodeSpec) {
  return {
    ...(Object.keys(node.with_).length && { with: node.with_ }),
    ...(node.title && { title: node.title }),
    ...(node.note && { note: node.note }),
    ...(node.disabled && { disabled: true }),
  };
}

function nodeOperations(id: string, old: NodeSpec, now: NodeSpec): Operation[] {
  const change: Extract<Operation, { op: "change_node" }> = { op: "change_node", id };
  if (old.type !== now.type) change.type = now.type;
  const set: Record<string, Json> = {};
  for (const [field, value] of Object.entries(now.with_)) if (!sameJson(old.with_[field], value)) set[field] = value;
  const unset = Object.keys(old.with_).filter((field) => !(field in now.with_));
  if (Object.keys(set).length) change.set = set;
  if (unset.length) change.unset = unset;
  if (!sameJson(old.to, now.to)) change.to = formatWires(now.to);
  if (!sameJson(old.title, now.title)) change.title = now.title;
  if (old.note !== now.note) change.note = now.note;
  if (old.disabled !== now.disabled) change.disabled = now.disabled;
  return Object.keys(change).length > 2 ? [change] : [];
}

function annotationOperations(scope: string, old: Sheet, now: Sheet): Operation[] {
  const operations: Operation[] = [];
  const positions: Record<string, Position | null> = {};
  for (const [id, at] of Object.entries(now.layout)) if (id in now.nodes && !sameJson(old.layout[id], at)) positions[addressOf(scope, id)] = at;
  for (const id of Object.keys(old.layout)) if (id in now.nodes && !(id in now.layout)) positions[addressOf(scope, id)] = null;
  if (Object.keys(positions).length) operations.push({ op: "set_layout", positions });
  for (const [name, group] of Object.entries(now.groups)) {
    if (!sameJson(old.groups[name], group)) operations.push({ op: "set_group", name: addressOf(scope, name), ...group });
  }
  for (const name of Object.keys(old.groups)) if (!(name in now.groups)) operations.push({ op: "remove_group", name: addressOf(scope, name) });
  for (const [name, note] of Object.entries(now.notes)) {
    if (!sameJson(old.notes[name], note)) operations.push({ op: "set_note", name: addressOf(scope, name), ...note });
  }
  for (const name of Object.keys(old.notes)) if (!(name in now.notes)) operations.push({ op: "remove_note", name: addressOf(scope, name) });
  return operations;
}
