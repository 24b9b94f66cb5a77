/** The ports of a subflow: added, renamed, removed and joined, with the wires of every node that uses it. */
import { filterValues, mapValues } from "./apply";
import { without, withRenamedKey } from "./sheet";
import { type FlowModel, type NodeSpec, type Sheet, type Subflow, SUBFLOW_PREFIX, type Target } from "./types";

export type Side = "inputs" | "outputs";

const onSubflow = (model: FlowModel, name: string, change: (subflow: Subflow) => Subflow): FlowModel => {
  const subflow = model.subflows[name];
  return subflow ? { ...model, subflows: { ...model.subflows, [name]: change(subflow) } } : model;
};

export const addPort = (model: FlowModel, subflow: string, side: Side, port: string): FlowModel =>
  onSubflow(model, subflow, (was) => ({ ...was, [side]: { ...was[side], [port]: [] } }));

/** An inner end joined to a port: where messages of an input go, or what feeds an output. */
export const connectPort = (model: FlowModel, subflow: string, side: Side, port: string, end: Target): FlowModel =>
  onSubflow(model, subflow, (was) => ({ ...was, [side]: { ...was[side], [port]: [...(was[side][port] ?? []), end] } }));

export const disconnectPort = (model: FlowModel, subflow: string, side: Side, port: string, isEnd: (end: Target) => boolean): FlowModel =>
  onSubflow(model, subflow, (was) => ({ ...was, [side]: { ...was[side], [port]: (was[side][port] ?? []).filter((end) => !isEnd(end)) } }));

/** An inner end of a port put in the place of another, so that the port's other wires keep their order. */
export const reconnectPort = (model: FlowModel, subflow: string, side: Side, port: string, isEnd: (end: Target) => boolean, end: Target): FlowModel =>
  onSubflow(model, subflow, (was) => ({ ...was, [side]: { ...was[side], [port]: (was[side][port] ?? []).map((old) => (isEnd(old) ? end : old)) } }));

export function renamePort(model: FlowModel, subflow: string, side: Side, old: string, name: string): FlowModel {
  const moved = onSubflow(model, subflow, (was) => ({ ...was, [side]: withRenamedKey(was[side], old, name) }));
  return onUsers(moved, subflow, side, (port) => (port === old ? name : port));
}

export function removePort(model: FlowModel, subflow: string, side: Side, name: string): FlowModel {
  const [first] = Object.keys(model.subflows[subflow]?.[side] ?? {});
  const left = onSubflow(model, subflow, (was) => ({ ...was, [side]: without(was[side], name) }));
  // The first port may be written without its name.
  return onUsers(left, subflow, side, (port) => (port === name || (port === "" && first === name) ? null : port));
}

/** Wires to (inputs) or from (outputs) all nodes of a subflow with their port named anew; null takes the wire away. */
function onUsers(model: FlowModel, subflow: string, side: Side, change: (port: string) => string | null): FlowModel {
  const onSheet = <S extends Sheet>(sheet: S): S => {
    const users = new Set(Object.values(sheet.nodes).filter(({ type }) => type === SUBFLOW_PREFIX + subflow).map(({ id }) => id));
    if (users.size === 0) return sheet;
    const targets = (list: Target[]): Target[] => list.flatMap((target) => {
      const port = users.has(target.node) ? change(target.port) : target.port;
      return port === null ? [] : port === target.port ? [target] : [{ ...target, port }];
    });
    const node = (one: NodeSpec): NodeSpec => {
      if (side === "inputs") return { ...one, to: filterValues(mapValues(one.to, targets), (_, list) => list.length > 0) };
      if (!users.has(one.id)) return one;
      return { ...one, to: Object.fromEntries(Object.entries(one.to).flatMap(([port, list]) => {
        const next = change(port);
        return next === null ? [] : [[next, list]];
      })) };
    };
    return { ...sheet, nodes: mapValues(sheet.nodes, node) };
  };
  return { ...onSheet(model), subflows: mapValues(model.subflows, onSheet) };
}
