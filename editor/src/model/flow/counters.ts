/** Under which names the running flow counts what a sheet shows: nodes inside a subflow run once for every node that uses it. */
import { type FlowModel, type Sheet, SUBFLOW_PREFIX } from "./types";

/** The prefixes under which the nodes of a sheet run: "" for the flow itself, `USER/` for each node that uses a subflow. */
export function prefixesOf(model: FlowModel, scope: string, seen: ReadonlySet<string> = new Set()): string[] {
  if (!scope) return [""];
  if (seen.has(scope)) return [];
  const users = (sheet: Sheet, outer: string): string[] => {
    const ids = Object.values(sheet.nodes).filter(({ type }) => type === SUBFLOW_PREFIX + scope).map(({ id }) => id);
    return ids.length ? prefixesOf(model, outer, new Set([...seen, scope])).flatMap((prefix) => ids.map((id) => `${prefix}${id}/`)) : [];
  };
  return [...users(model, ""), ...Object.values(model.subflows).flatMap((subflow) => users(subflow, subflow.name))];
}

/** The counters, each `node.port`, of what leaves a port of a node on the sheet with this prefix. */
export function countersOf(model: FlowModel, sheet: Sheet, prefix: string, id: string, port: string, firstPort: (type: string) => string): string[] {
  const type = sheet.nodes[id]?.type ?? "";
  const subflow = type.startsWith(SUBFLOW_PREFIX) ? model.subflows[type.slice(SUBFLOW_PREFIX.length)] : undefined;
  if (!subflow) return [`${prefix}${id}.${port}`];
  return (subflow.outputs[port] ?? []).flatMap((end) => {
    const inner = subflow.nodes[end.node];
    return inner ? countersOf(model, subflow, `${prefix}${id}/`, end.node, end.port || firstPort(inner.type), firstPort) : [];
  });
}
