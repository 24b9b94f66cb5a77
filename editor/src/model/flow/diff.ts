/** What two versions of a flow differ in, as people see it; where a box stands is no difference. */
import { sameJson } from "../../platform/api/json";
import { mapValues } from "./apply";
import { formatWires } from "./targets";
import type { FlowModel, NodeSpec, Subflow } from "./types";

export interface Change {
  field: string;
  old?: unknown;
  new?: unknown;
}

export interface FlowDiff {
  added: string[];
  removed: string[];
  changed: Record<string, Change[]>;
  /** What differs outside of nodes: title, on_error, subflows' ports, groups, notes. */
  flow: Change[];
}

export const isEmpty = (diff: FlowDiff): boolean =>
  diff.added.length + diff.removed.length + Object.keys(diff.changed).length + diff.flow.length === 0;

export function nodesByAddress(model: FlowModel): Map<string, NodeSpec> {
  const found = new Map(Object.entries(model.nodes));
  for (const subflow of Object.values(model.subflows)) {
    for (const [id, node] of Object.entries(subflow.nodes)) found.set(`${subflow.name}/${id}`, node);
  }
  return found;
}

export function difference(old: FlowModel, now: FlowModel): FlowDiff {
  const before = nodesByAddress(old);
  const after = nodesByAddress(now);
  const changed: Record<string, Change[]> = {};
  for (const [address, node] of after) {
    const was = before.get(address);
    const changes = was && was !== node ? nodeChanges(was, node) : [];
    if (changes.length) changed[address] = changes;
  }
  return {
    added: [...after.keys()].filter((address) => !before.has(address)),
    removed: [...before.keys()].filter((address) => !after.has(address)),
    changed,
    flow: flowChanges(old, now),
  };
}

export function nodeChanges(old: NodeSpec, now: NodeSpec): Change[] {
  return [
    ...entryChanges("", pick(old), pick(now)),
    ...entryChanges("with.", old.with_, now.with_),
    ...entryChanges("to.", mapValues(old.to, wires), mapValues(now.to, wires)).map((change) => ({ ...change, field: change.field.replace(/\.$/, "") })),
  ];
}

const pick = ({ type, title, note, disabled }: NodeSpec) => ({ type, title, note, disabled });
const wires = (targets: NodeSpec["to"][string]) => formatWires({ "": targets });

function flowChanges(old: FlowModel, now: FlowModel): Change[] {
  const head = ({ title, help, disabled, on_error }: FlowModel) => ({ title, help, disabled, on_error: on_error?.node ?? "" });
  const shell = ({ nodes: _nodes, layout: _layout, notes, groups, ...rest }: Subflow) => ({ ...rest, notes: mapValues(notes, (note) => note.text), groups });
  return [
    ...entryChanges("", head(old), head(now)),
    ...entryChanges("groups.", old.groups, now.groups),
    ...entryChanges("notes.", mapValues(old.notes, (note) => note.text), mapValues(now.notes, (note) => note.text)),
    ...entryChanges("subflows.", mapValues(old.subflows, shell), mapValues(now.subflows, shell)),
  ];
}

function entryChanges(prefix: string, old: Record<string, unknown>, now: Record<string, unknown>): Change[] {
  const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...keys].filter((key) => !sameJson(old[key], now[key])).map((key) => ({
    field: prefix + key,
    ...(key in old && { old: old[key] }),
    ...(key in now && { new: now[key] }),
  }));
}
