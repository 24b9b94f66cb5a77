/** A subflow made of some nodes of a sheet: they move into it, and one node of its type takes their place. */
import { filterValues, mapValues } from "./apply";
import { boundsOf } from "./geometry";
import type { Operation } from "./operations";
import { operationsBetween } from "./operationsBetween";
import { sheetOf, uniqueName, without, withSheet } from "./sheet";
import { type FlowModel, type NodeSpec, type Position, type Sheet, type Subflow, SUBFLOW_PREFIX, type Target } from "./types";

export interface ExtractedSubflow {
  operations: Operation[];
  /** The node that stands for the subflow. */
  node: string;
  subflow: string;
}

export function extractSubflow(model: FlowModel, scope: string, ids: ReadonlySet<string>, title: string, places: (id: string) => Position, firstOutput: (id: string) => string): ExtractedSubflow {
  const sheet = sheetOf(model, scope) ?? model;
  const inner = filterValues(sheet.nodes, (id) => ids.has(id));
  const subflow = uniqueName("subflow", (name) => name in model.subflows);
  const id = uniqueName(subflow, (name) => name in sheet.nodes);
  const inputs = new Ends("in");
  const outputs = new Ends("out");

  const intoSubflow = (target: Target): Target => (ids.has(target.node) ? { node: id, port: inputs.named(target.node, target.port), disabled: target.disabled } : target);
  const to: NodeSpec["to"] = {};
  for (const node of Object.values(inner)) {
    for (const [port, targets] of Object.entries(node.to)) {
      const outside = targets.filter((target) => !ids.has(target.node));
      if (outside.length) to[outputs.named(node.id, port === firstOutput(node.id) ? "" : port)] = outside;
    }
  }
  const outer = mapValues(filterValues(sheet.nodes, (name) => !ids.has(name)), (node) => ({ ...node, to: mapValues(node.to, (targets) => unique(targets.map(intoSubflow))) }));
  const on_error = !scope && model.on_error ? intoSubflow(model.on_error) : model.on_error;

  // Seen from a subflow around it, its own ports lead to the new node now.
  const ports = "inputs" in sheet ? {
    inputs: mapValues((sheet as Subflow).inputs, (targets) => unique(targets.map(intoSubflow))),
    outputs: mapValues((sheet as Subflow).outputs, (targets) => unique(targets.map((target) =>
      ids.has(target.node) ? { ...target, node: id, port: outputs.named(target.node, target.port) } : target))),
  } : {};

  const boxes = [...ids].map(places).map(([x, y]) => ({ x, y, width: 0, height: 0 }));
  const around = boundsOf(boxes) ?? { x: 0, y: 0, width: 0, height: 0 };
  const stood: NodeSpec = { id, type: SUBFLOW_PREFIX + subflow, with_: {}, to, title: "", note: "", disabled: false };
  const groups = filterValues(sheet.groups, (_, group) => group.members.every((member) => ids.has(member)));
  const made: Subflow = {
    name: subflow, title, help: "", fields: {}, notes: {}, groups,
    inputs: inputs.ports(), outputs: outputs.ports(),
    nodes: mapValues(inner, (node) => ({ ...node, to: filterValues(mapValues(node.to, (targets) => targets.filter((target) => ids.has(target.node))), (_, targets) => targets.length > 0) })),
    layout: Object.fromEntries([...ids].map((name): [string, Position] => [name, [places(name)[0] - around.x + 200, places(name)[1] - around.y + 60]])),
  };
  const place: Position = [Math.round(around.x + around.width / 2), Math.round(around.y + around.height / 2)];
  const after = withSheet({ ...model, subflows: { ...model.subflows, [subflow]: made }, on_error }, scope, (was) => ({ ...replaced(was, outer, stood, place, ids, groups), ...ports }));
  return { operations: operationsBetween(model, after), node: id, subflow };
}

function replaced(sheet: Sheet, outer: Sheet["nodes"], stood: NodeSpec, place: Position, ids: ReadonlySet<string>, gone: Sheet["groups"]): Sheet {
  const left = mapValues(filterValues(sheet.groups, (name) => !(name in gone)), (group) => {
    const members = group.members.filter((member) => !ids.has(member));
    return { ...group, members: members.length < group.members.length ? [...members, stood.id] : group.members };
  });
  let layout = sheet.layout;
  for (const id of ids) layout = without(layout, id);
  return { ...sheet, nodes: { ...outer, [stood.id]: stood }, groups: left, layout: { ...layout, [stood.id]: place } };
}

/** Ports made as they are met: one for each inner end. */
class Ends {
  private names = new Map<string, { name: string; end: Target }>();

  constructor(private stem: string) {}

  named(node: string, port: string): string {
    const key = `${node}.${port}`;
    const known = this.names.get(key);
    if (known) return known.name;
    const taken = new Set([...this.names.values()].map(({ name }) => name));
    const name = uniqueName(this.stem, (candidate) => taken.has(candidate));
    this.names.set(key, { name, end: { node, port, disabled: false } });
    return name;
  }

  ports(): Record<string, Target[]> {
    return Object.fromEntries([...this.names.values()].map(({ name, end }) => [name, [end]]));
  }
}

/** Two wires from one port to one inner end have become the same wire. */
function unique(targets: Target[]): Target[] {
  return targets.filter((target, index) => targets.findIndex((other) => other.node === target.node && other.port === target.port) === index);
}
