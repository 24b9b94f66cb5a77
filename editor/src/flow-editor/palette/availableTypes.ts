/** The node types that can be added to the open sheet: those of the site, and the subflows of this flow. */
import type { NodeType } from "../../model/flow/server";
import { type FlowModel, type Subflow, SUBFLOW_PREFIX } from "../../model/flow/types";
import { type DocumentState, modelIn } from "../editing/FlowDocument";

export const SUBFLOWS = "subflow";

export function availableTypes(state: DocumentState): NodeType[] {
  const site = [...state.catalogue.values()].filter((type) => !type.broken);
  return [...subflowTypes(modelIn(state), state.scope), ...site];
}

/** Subflows as types; one that would hold itself is not offered. */
export function subflowTypes(model: FlowModel, scope: string): NodeType[] {
  return Object.values(model.subflows).filter(({ name }) => !usesSubflow(model, name, scope)).map(typeOf);
}

function typeOf({ name, title, help, inputs, outputs, fields }: Subflow): NodeType {
  const ports = (names: Record<string, unknown>) => Object.keys(names).map((port) => ({ name: port }));
  return {
    type: SUBFLOW_PREFIX + name, category: SUBFLOWS, icon: "layers", title: title || name, help,
    schema: { type: "object", properties: fields }, inputs: ports(inputs), outputs: ports(outputs),
  };
}

/** Whether the subflow `name` is `wanted`, or uses it at any depth. */
export function usesSubflow(model: FlowModel, name: string, wanted: string, seen = new Set<string>()): boolean {
  if (name === wanted) return true;
  if (seen.has(name)) return false;
  seen.add(name);
  const used = Object.values(model.subflows[name]?.nodes ?? {}).filter(({ type }) => type.startsWith(SUBFLOW_PREFIX));
  return used.some(({ type }) => usesSubflow(model, type.slice(SUBFLOW_PREFIX.length), wanted, seen));
}
