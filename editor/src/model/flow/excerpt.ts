/** A part of a flow in the words of a flow file: what is copied, pasted, and imported. */
import { type Json, sameJson } from "../../platform/api/json";
import { filterValues, mapValues, subflowOf } from "./apply";
import { nodeDefinition, subflowDefinition } from "./definition";
import type { Operation } from "./operations";
import { addressOf, sheetOf, uniqueName } from "./sheet";
import { formatWires } from "./targets";
import { type FlowModel, type Group, type NodeSpec, type Note, type Position, type Sheet, SUBFLOW_PREFIX } from "./types";

export interface Excerpt {
  nodes: Record<string, NodeSpec>;
  groups: Record<string, Group>;
  notes: Record<string, Note>;
  layout: Record<string, Position>;
  subflows: Record<string, Record<string, Json>>;
}

/** What is selected, with the wires inside of it and the subflows it uses. */
export function excerptOf(model: FlowModel, scope: string, ids: Iterable<string>, places: (id: string) => Position | undefined): Record<string, Json> {
  const sheet = sheetOf(model, scope) ?? model;
  const chosen = new Set(ids);
  const names = (prefix: string) => [...chosen].filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
  for (const name of names("group:")) for (const member of sheet.groups[name]?.members ?? []) chosen.add(member);
  const nodes = filterValues(sheet.nodes, (id) => chosen.has(id));
  const groups = filterValues(sheet.groups, (name, group) => chosen.has(`group:${name}`) || (group.members.length > 0 && group.members.every((member) => chosen.has(member))));
  const notes = filterValues(sheet.notes, (name) => chosen.has(`note:${name}`));
  const layout = Object.fromEntries(Object.keys(nodes).flatMap((id) => {
    const at = places(id);
    return at ? [[id, at]] : [];
  }));
  const inside = mapValues(nodes, (node) => nodeDefinition({ ...node, to: wiresWithin(node, (id) => id in nodes) }));
  const subflows = mapValues(filterValues(model.subflows, (name) => used(model, nodes).has(name)), subflowDefinition);
  return filterValues({ nodes: inside, groups, notes, layout, subflows } as unknown as Record<string, Json>, (_, part) => Object.keys(part as object).length > 0);
}

/** Reads what was pasted: an excerpt, or a whole flow file. Null for anything else. */
export function readExcerpt(value: unknown): Excerpt | null {
  if (typeof value !== "object" || value === null) return null;
  const given = value as Record<string, Record<string, Json>>;
  const part = (name: string): Record<string, Record<string, Json>> => (isMap(given[name]) ? (given[name] as Record<string, Record<string, Json>>) : {});
  const definition = subflowOf("", { nodes: mapOf(part("nodes")), groups: mapOf(part("groups")), notes: mapOf(part("notes")), layout: part("layout") } as never);
  if (Object.keys(definition.nodes).length + Object.keys(definition.notes).length === 0) return null;
  if (Object.values(definition.nodes).some((node) => !node.type)) return null;
  return { nodes: definition.nodes, groups: definition.groups, notes: definition.notes, layout: definition.layout, subflows: mapOf(part("subflows")) };
}

/** The operations that put an excerpt into a sheet, moved so that its corner stands at `at`; names that are taken become fresh ones. */
export function pasteOperations(excerpt: Excerpt, model: FlowModel, scope: string, at: Position, free: (id: string) => Position): { operations: Operation[]; ids: string[] } {
  const sheet = sheetOf(model, scope) ?? model;
  const subflows = renames(excerpt.subflows, (name, definition) => name in model.subflows && !sameJson(model.subflows[name], subflowOf(name, definition)));
  const nodes = renames(excerpt.nodes, (name) => name in sheet.nodes);
  const groups = renames(excerpt.groups, (name) => name in sheet.groups);
  const notes = renames(excerpt.notes, (name) => name in sheet.notes);
  const places = Object.fromEntries(Object.keys(excerpt.nodes).map((id) => [id, excerpt.layout[id] ?? free(id)]));
  const points = [...Object.values(places), ...Object.values(excerpt.notes).map((note) => note.at)];
  const corner: Position = [Math.min(...points.map(([x]) => x)), Math.min(...points.map(([, y]) => y))];
  const moved = ([x, y]: Position): Position => [Math.round(x - corner[0] + at[0]), Math.round(y - corner[1] + at[1])];
  const operations: Operation[] = [];
  for (const [name, definition] of Object.entries(excerpt.subflows)) {
    const fresh = subflows[name] as string;
    if (fresh in model.subflows) continue;
    operations.push({ op: "set_subflow", name: fresh, definition: retyped(definition, subflows) });
  }
  for (const [id, node] of Object.entries(excerpt.nodes)) {
    const { to: _to, ...bare } = nodeDefinition({ ...node, type: typeIn(node.type, subflows) });
    operations.push({ op: "add_node", id: addressOf(scope, nodes[id] as string), at: moved(places[id] as Position), ...(bare as { type: string }) });
  }
  for (const [id, node] of Object.entries(excerpt.nodes)) {
    const wires = wiresWithin(node, (name) => name in excerpt.nodes);
    const to = formatWires(mapValues(wires, (targets) => targets.map((target) => ({ ...target, node: nodes[target.node] as string }))));
    if (to) operations.push({ op: "change_node", id: addressOf(scope, nodes[id] as string), to });
  }
  for (const [name, group] of Object.entries(excerpt.groups)) {
    const members = group.members.flatMap((member) => nodes[member] ?? []);
    operations.push({ op: "set_group", name: addressOf(scope, groups[name] as string), title: group.title, colour: group.colour, members });
  }
  for (const [name, note] of Object.entries(excerpt.notes)) {
    operations.push({ op: "set_note", name: addressOf(scope, notes[name] as string), text: note.text, at: moved(note.at), ...(note.size && { size: note.size }) });
  }
  return { operations, ids: [...Object.values(nodes), ...Object.values(notes).map((name) => `note:${name}`)] };
}

function renames<T>(entries: Record<string, T>, taken: (name: string, value: T) => boolean): Record<string, string> {
  const given = new Set<string>();
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => {
    const fresh = taken(name, value) ? uniqueName(name, (candidate) => taken(candidate, value) || given.has(candidate) || candidate in entries) : name;
    given.add(fresh);
    return [name, fresh];
  }));
}

function typeIn(type: string, subflows: Record<string, string>): string {
  const name = type.startsWith(SUBFLOW_PREFIX) ? type.slice(SUBFLOW_PREFIX.length) : "";
  return name && subflows[name] ? SUBFLOW_PREFIX + subflows[name] : type;
}

function retyped(definition: Record<string, Json>, subflows: Record<string, string>): Record<string, Json> {
  const nodes = mapValues((definition["nodes"] ?? {}) as Record<string, Record<string, Json>>, (node) => ({ ...node, type: typeIn(String(node["type"] ?? ""), subflows) }));
  return { ...definition, nodes };
}

function wiresWithin(node: NodeSpec, isThere: (id: string) => boolean): NodeSpec["to"] {
  return filterValues(mapValues(node.to, (targets) => targets.filter((target) => isThere(target.node))), (_, targets) => targets.length > 0);
}

/** The subflows that nodes use, at any depth. */
export function used(model: FlowModel, nodes: Sheet["nodes"], found = new Set<string>()): Set<string> {
  for (const { type } of Object.values(nodes)) {
    const name = type.startsWith(SUBFLOW_PREFIX) ? type.slice(SUBFLOW_PREFIX.length) : "";
    if (!name || found.has(name) || !model.subflows[name]) continue;
    found.add(name);
    used(model, model.subflows[name].nodes, found);
  }
  return found;
}

const isMap = (value: unknown): value is Record<string, Json> => typeof value === "object" && value !== null && !Array.isArray(value);

const mapOf = (entries: Record<string, unknown>): Record<string, Record<string, Json>> => Object.fromEntries(Object.entries(entries).filter(([, value]) => isMap(value))) as never;
