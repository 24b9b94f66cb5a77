/** What each operation does to the model, as the server does it to the file: the canvas need not wait for the answer. */
import type { Json } from "../../platform/api/json";
import type { Operation } from "./operations";
import { splitAddress, without, withRenamedKey, withSheet } from "./sheet";
import { formatTarget, parseTarget, parseTargets } from "./targets";
import { type FlowModel, type Group, type NodeSpec, type Note, type Sheet, type Subflow, SUBFLOW_PREFIX, type Target } from "./types";

export function applyOperations(model: FlowModel, operations: readonly Operation[]): FlowModel {
  return operations.reduce(appliedOne, model);
}

function appliedOne(model: FlowModel, operation: Operation): FlowModel {
  switch (operation.op) {
    case "add_node": {
      const { scope, name } = splitAddress(operation.id);
      const node: NodeSpec = {
        id: name, type: operation.type, with_: operation.with ?? {}, to: parseTargets(operation.to),
        title: plainText(operation.title ?? ""), note: operation.note ?? "", disabled: operation.disabled ?? false,
      };
      const at = operation.at;
      return withSheet(model, scope, (sheet) => ({
        ...sheet,
        nodes: insertedAfter(sheet.nodes, operation.after ?? "", name, node),
        layout: at ? { ...sheet.layout, [name]: at } : sheet.layout,
      }));
    }
    case "change_node":
      return onNode(model, operation.id, (node) => changedNode(node, operation));
    case "rename_node":
      return renamedNode(model, operation.id, operation.to);
    case "remove_node":
      return removedNode(model, operation.id);
    case "add_wire":
      return onWires(model, operation, (targets) => [...targets, parseTarget(operation.to, operation.disabled)]);
    case "remove_wire":
      return onWires(model, operation, (targets) => targets.filter((target) => formatTarget(target) !== operation.to));
    case "change_wire":
      return onWires(model, operation, (targets) =>
        targets.map((target) => (formatTarget(target) === operation.to ? { ...target, disabled: operation.disabled } : target)));
    case "set_layout":
      return laidOut(model, operation.positions);
    case "set_flow": {
      const { op: _op, on_error, ...rest } = operation;
      const texts = { title: plainText(rest.title ?? model.title), help: plainText(rest.help ?? model.help) };
      return { ...model, ...rest, ...texts, ...(on_error !== undefined && { on_error: on_error ? parseTarget(on_error) : null }) };
    }
    case "set_group": {
      const { scope, name } = splitAddress(operation.name);
      const { op: _op, name: _name, ...rest } = operation;
      if (rest.title) rest.title = plainText(rest.title);
      return withSheet(model, scope, (sheet) => {
        const before: Group = sheet.groups[name] ?? { title: "", colour: "", members: [] };
        return { ...sheet, groups: { ...sheet.groups, [name]: { ...before, ...rest } } };
      });
    }
    case "remove_group": {
      const { scope, name } = splitAddress(operation.name);
      return withSheet(model, scope, (sheet) => ({ ...sheet, groups: without(sheet.groups, name) }));
    }
    case "set_note": {
      const { scope, name } = splitAddress(operation.name);
      const { op: _op, name: _name, ...rest } = operation;
      return withSheet(model, scope, (sheet) => {
        const before: Note = sheet.notes[name] ?? { text: "", at: [0, 0], size: null };
        return { ...sheet, notes: { ...sheet.notes, [name]: { ...before, ...rest } } };
      });
    }
    case "remove_note": {
      const { scope, name } = splitAddress(operation.name);
      return withSheet(model, scope, (sheet) => ({ ...sheet, notes: without(sheet.notes, name) }));
    }
    case "set_subflow":
      return { ...model, subflows: { ...model.subflows, [operation.name]: subflowOf(operation.name, operation.definition) } };
    case "remove_subflow":
      return { ...model, subflows: without(model.subflows, operation.name) };
    case "rename_subflow":
      return renamedSubflow(model, operation.name, operation.to);
  }
}

function changedNode(node: NodeSpec, operation: Extract<Operation, { op: "change_node" }>): NodeSpec {
  let fields = operation.with ?? node.with_;
  if (operation.set) fields = { ...fields, ...operation.set };
  for (const field of operation.unset ?? []) fields = without(fields, field);
  return {
    ...node,
    type: operation.type ?? node.type,
    with_: fields,
    to: operation.to === undefined ? node.to : parseTargets(operation.to),
    title: plainText(operation.title ?? node.title),
    note: operation.note ?? node.note,
    disabled: operation.disabled ?? node.disabled,
  };
}

/** A text in no language is none, as the file has it. */
const plainText = (text: NodeSpec["title"]): NodeSpec["title"] => (typeof text === "object" && Object.keys(text).length === 0 ? "" : text);

function onNode(model: FlowModel, address: string, change: (node: NodeSpec) => NodeSpec): FlowModel {
  const { scope, name } = splitAddress(address);
  return withSheet(model, scope, (sheet) => {
    const node = sheet.nodes[name];
    return node ? { ...sheet, nodes: { ...sheet.nodes, [name]: change(node) } } : sheet;
  });
}

function onWires(model: FlowModel, at: { node: string; port?: string; first?: string }, change: (targets: Target[]) => Target[]): FlowModel {
  return onNode(model, at.node, (node) => {
    const { port, to } = spelledPort(node.to, at.port ?? "", at.first ?? "");
    const left = change(to[port] ?? []);
    return { ...node, to: left.length ? { ...to, [port]: left } : without(to, port) };
  });
}

/** The wires of a node are all written by port, or those of its first output alone without: the port as they name it, and they as they have to be for that. */
function spelledPort(to: NodeSpec["to"], port: string, first: string): { port: string; to: NodeSpec["to"] } {
  const unnamed = to[""];
  if (Object.keys(to).length === 0) return { port: port === first ? "" : port, to };
  if (!unnamed) return { port: port || first, to };
  if (port === first || port === "") return { port: "", to };
  return { port, to: withRenamedKey(to, "", first) };
}

function laidOut(model: FlowModel, positions: Record<string, [number, number] | null>): FlowModel {
  const addresses = Object.keys(positions);
  for (const scope of new Set(addresses.map((address) => splitAddress(address).scope))) {
    model = withSheet(model, scope, (sheet) => {
      const layout = { ...sheet.layout };
      for (const address of addresses) {
        const at = positions[address];
        if (splitAddress(address).scope !== scope) continue;
        if (at) layout[splitAddress(address).name] = at;
        else delete layout[splitAddress(address).name];
      }
      return { ...sheet, layout };
    });
  }
  return model;
}

function renamedNode(model: FlowModel, address: string, to: string): FlowModel {
  const { scope, name } = splitAddress(address);
  const moved = onNode(model, address, (node) => ({ ...node, id: to }));
  const follow = (target: Target): Target => (target.node === name ? { ...target, node: to } : target);
  const done = withSheet(moved, scope, (sheet) => ({
    ...rewired(sheet, (targets) => targets.map(follow)),
    layout: withRenamedKey(sheet.layout, name, to),
    groups: mapValues(sheet.groups, (group) => ({ ...group, members: group.members.map((member) => (member === name ? to : member)) })),
  }));
  const after = withSheet(done, scope, (sheet) => ({ ...sheet, nodes: withRenamedKey(sheet.nodes, name, to) }));
  return scope || after.on_error?.node !== name ? after : { ...after, on_error: follow(after.on_error) };
}

function removedNode(model: FlowModel, address: string): FlowModel {
  const { scope, name } = splitAddress(address);
  const done = withSheet(model, scope, (sheet) => {
    const left = rewired(sheet, (targets) => targets.filter((target) => target.node !== name));
    return {
      ...left,
      nodes: without(left.nodes, name),
      layout: without(sheet.layout, name),
      groups: mapValues(sheet.groups, (group) =>
        group.members.includes(name) ? { ...group, members: group.members.filter((member) => member !== name) } : group),
    };
  });
  return !scope && done.on_error?.node === name ? { ...done, on_error: null } : done;
}

/** `sheet` with `change` made on every list of targets; ports left empty go. */
function rewired(sheet: Sheet, change: (targets: Target[]) => Target[]): Sheet {
  const onPorts = (ports: Record<string, Target[]>, keep: boolean) => {
    let same = true;
    const next: Record<string, Target[]> = {};
    for (const [port, targets] of Object.entries(ports)) {
      const left = change(targets);
      if (left.length !== targets.length || left.some((target, index) => target !== targets[index])) same = false;
      if (left.length || keep) next[port] = left;
    }
    return same ? ports : next;
  };
  const nodes = mapValues(sheet.nodes, (node) => {
    const to = onPorts(node.to, false);
    return to === node.to ? node : { ...node, to };
  });
  if (!("inputs" in sheet)) return { ...sheet, nodes };
  const subflow = sheet as Subflow;
  return { ...subflow, nodes, inputs: onPorts(subflow.inputs, true), outputs: onPorts(subflow.outputs, true) } as Sheet;
}

function renamedSubflow(model: FlowModel, old: string, to: string): FlowModel {
  const follow = (nodes: Record<string, NodeSpec>) =>
    mapValues(nodes, (node) => (node.type === SUBFLOW_PREFIX + old ? { ...node, type: SUBFLOW_PREFIX + to } : node));
  const subflows = mapValues(withRenamedKey(model.subflows, old, to), (subflow) => ({ ...subflow, nodes: follow(subflow.nodes) }));
  const moved = subflows[to];
  if (moved) subflows[to] = { ...moved, name: to };
  return { ...model, nodes: follow(model.nodes), subflows };
}

/** A subflow from its definition in the words of a flow file. */
export function subflowOf(name: string, definition: Record<string, Json>): Subflow {
  const section = (key: string) => (definition[key] ?? {}) as Record<string, Record<string, Json>>;
  return {
    name,
    title: (definition["title"] ?? "") as Subflow["title"],
    help: (definition["help"] ?? "") as Subflow["help"],
    fields: section("fields"),
    inputs: mapValues(section("inputs"), (ends) => parseTargets(ends as never)[""] ?? []),
    outputs: mapValues(section("outputs"), (ends) => parseTargets(ends as never)[""] ?? []),
    nodes: Object.fromEntries(Object.entries(section("nodes")).map(([id, body]) => [id, {
      id, type: String(body["type"] ?? ""), with_: (body["with"] ?? {}) as Record<string, Json>, to: parseTargets(body["to"] as never),
      title: (body["title"] ?? "") as NodeSpec["title"], note: String(body["note"] ?? ""), disabled: body["disabled"] === true,
    }])),
    groups: mapValues(section("groups"), (group) => ({ title: "", colour: "", members: [], ...group }) as Group),
    notes: mapValues(section("notes"), (note) => ({ text: "", at: [0, 0], size: null, ...note }) as Note),
    layout: section("layout") as unknown as Subflow["layout"],
  };
}

export function mapValues<T, U>(entries: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, change(value)]));
}

export function filterValues<T>(entries: Record<string, T>, keep: (key: string, value: T) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).filter(([key, value]) => keep(key, value)));
}

function insertedAfter<T>(entries: Record<string, T>, after: string, name: string, value: T): Record<string, T> {
  if (!after || !(after in entries)) return { ...entries, [name]: value };
  return Object.fromEntries(Object.entries(entries).flatMap(([key, old]) => (key === after ? [[key, old], [name, value]] : [[key, old]])));
}

