/** A sheet is what the canvas shows at a time: the flow itself (""), or one of its subflows by name. */
import type { FlowModel, NodeSpec, Sheet } from "./types";

export const sheetOf = (model: FlowModel, scope: string): Sheet | undefined => (scope ? model.subflows[scope] : model);

export const addressOf = (scope: string, name: string): string => (scope ? `${scope}/${name}` : name);

export function splitAddress(address: string): { scope: string; name: string } {
  const at = address.lastIndexOf("/");
  return { scope: at < 0 ? "" : address.slice(0, at), name: address.slice(at + 1) };
}

/** All nodes of a flow and its subflows. */
export function nodesByAddress(model: FlowModel): Map<string, NodeSpec> {
  const found = new Map(Object.entries(model.nodes));
  for (const subflow of Object.values(model.subflows)) {
    for (const [id, node] of Object.entries(subflow.nodes)) found.set(addressOf(subflow.name, id), node);
  }
  return found;
}

export function withSheet(model: FlowModel, scope: string, change: (sheet: Sheet) => Sheet): FlowModel {
  if (!scope) return change(model) as FlowModel;
  const subflow = model.subflows[scope];
  if (!subflow) throw new Error(`there is no subflow ${scope}`);
  return { ...model, subflows: { ...model.subflows, [scope]: { ...subflow, ...change(subflow) } } };
}

export function without<T>(entries: Record<string, T>, name: string): Record<string, T> {
  const { [name]: _gone, ...rest } = entries;
  return rest;
}

/** `entries` with the key `old` renamed where it stands. */
export function withRenamedKey<T>(entries: Record<string, T>, old: string, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key === old ? name : key, value]));
}

/** A name like `base` that is not taken yet: `base`, `base-2`, `base-3` … */
export function uniqueName(base: string, taken: (name: string) => boolean): string {
  const stem = base.replace(/-\d+$/, "");
  if (!taken(stem)) return stem;
  let number = 2;
  while (taken(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}
