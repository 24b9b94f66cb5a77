/** Two people's changes of one flow put together, node by node and field by field. */
import { difference, nodesByAddress } from "./diff";
import { same } from "./same";
import { partsOf, withSheet, without } from "./sheet";
import type { FlowModel, NodeSpec } from "./types";

export interface Clash {
  node: string;
  field: string;
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export type Choice = "mine" | "theirs";

const GONE = Symbol("gone");

/** Theirs with mine put on top; where both changed one thing, `choose` decides, and the clash is told. */
export function merged(base: FlowModel, mine: FlowModel, theirs: FlowModel, choose: (clash: Clash) => Choice): { model: FlowModel; clashes: Clash[] } {
  const clashes: Clash[] = [];
  const settle = (node: string, field: string, b: unknown, m: unknown, t: unknown): unknown => {
    if (same(b, m)) return t;
    if (same(b, t) || same(m, t)) return m;
    const clash = { node, field, base: shown(b), mine: shown(m), theirs: shown(t) };
    clashes.push(clash);
    return choose(clash) === "mine" ? m : t;
  };
  let model = theirs;
  const bases = nodesByAddress(base);
  const theirNodes = nodesByAddress(theirs);
  const myNodes = nodesByAddress(mine);
  const mineDiff = difference(base, mine);
  for (const name of Object.keys(mine.subflows)) if (!model.subflows[name] && !base.subflows[name]) model = { ...model, subflows: { ...model.subflows, [name]: mine.subflows[name]! } };
  for (const address of [...mineDiff.added, ...mineDiff.removed, ...Object.keys(mineDiff.changed)]) {
    const { scope, name } = partsOf(address);
    if (scope && !model.subflows[scope]) continue;
    const result = mergedNode(address, bases.get(address), myNodes.get(address), theirNodes.get(address), settle);
    model = withSheet(model, scope, (sheet) => {
      if (!result) return { ...sheet, nodes: without(sheet.nodes, name), layout: without(sheet.layout, name) };
      const at = (scope ? mine.subflows[scope]?.layout : mine.layout)?.[name];
      return { ...sheet, nodes: { ...sheet.nodes, [name]: result }, layout: sheet.layout[name] || !at ? sheet.layout : { ...sheet.layout, [name]: at } };
    });
  }
  for (const field of ["title", "help", "disabled", "on_error"] as const) {
    model = { ...model, [field]: settle("", field, base[field], mine[field], theirs[field]) };
  }
  for (const field of ["groups", "notes", "layout"] as const) {
    model = { ...model, [field]: mergedEntries("", field, base[field], mine[field], model[field], field === "layout" ? lastWins : settle) };
  }
  return { model, clashes };
}

type Settle = (node: string, field: string, base: unknown, mine: unknown, theirs: unknown) => unknown;

/** Where both moved a box it stays where the other put it: that is nobody's work lost. */
const lastWins: Settle = (_node, _field, base, mine, theirs) => (same(base, theirs) ? mine : theirs);

function mergedNode(address: string, base: NodeSpec | undefined, mine: NodeSpec | undefined, theirs: NodeSpec | undefined, settle: Settle): NodeSpec | undefined {
  if (!mine || !theirs) {
    const result = settle(address, "", base ?? GONE, mine ?? GONE, theirs ?? GONE);
    return result === GONE ? undefined : (result as NodeSpec);
  }
  const field = <K extends keyof NodeSpec>(name: K) => settle(address, name, base?.[name], mine[name], theirs[name]) as NodeSpec[K];
  return {
    id: mine.id,
    type: field("type"),
    title: field("title"),
    note: field("note"),
    disabled: field("disabled"),
    with_: mergedEntries(address, "with", base?.with_ ?? {}, mine.with_, theirs.with_, settle) as NodeSpec["with_"],
    to: mergedEntries(address, "to", base?.to ?? {}, mine.to, theirs.to, settle) as NodeSpec["to"],
  };
}

function mergedEntries(node: string, place: string, base: Record<string, unknown>, mine: Record<string, unknown>, theirs: Record<string, unknown>, settle: Settle): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const of = (entries: Record<string, unknown>) => (key in entries ? entries[key] : GONE);
    const value = settle(node, `${place}.${key}`, of(base), of(mine), of(theirs));
    if (value !== GONE) result[key] = value;
  }
  return result;
}

const shown = (value: unknown): unknown => (value === GONE ? undefined : value);
