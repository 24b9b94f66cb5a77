/** A flow runs with its subflows written out: `INSTANCE/INNER`. Between those ids and the addresses of the file. */
import { splitAddress } from "./sheet";
import { type FlowModel, SUBFLOW_PREFIX } from "./types";

/** The address in the file of a node that runs; "" when the draft has no such node. */
export function addressOfRunning(model: FlowModel, id: string): string {
  const steps = id.split("/");
  const name = steps.pop() ?? "";
  let nodes = model.nodes;
  let scope = "";
  for (const step of steps) {
    const type = nodes[step]?.type ?? "";
    scope = type.startsWith(SUBFLOW_PREFIX) ? type.slice(SUBFLOW_PREFIX.length) : "";
    const subflow = model.subflows[scope];
    if (!subflow) return "";
    nodes = subflow.nodes;
  }
  if (!(name in nodes)) return "";
  return scope ? `${scope}/${name}` : name;
}

/** The ids under which a node of the file runs: one for each place where its subflow is used. */
export function runningIds(model: FlowModel, address: string): string[] {
  const { scope, name } = splitAddress(address);
  if (!scope) return [name];
  const found: string[] = [];
  const walk = (nodes: FlowModel["nodes"], prefix: string, depth: number): void => {
    for (const node of Object.values(nodes)) {
      if (!node.type.startsWith(SUBFLOW_PREFIX) || depth > 8) continue;
      const inner = node.type.slice(SUBFLOW_PREFIX.length);
      if (inner === scope) found.push(`${prefix}${node.id}/${name}`);
      const subflow = model.subflows[inner];
      if (subflow) walk(subflow.nodes, `${prefix}${node.id}/`, depth + 1);
    }
  };
  walk(model.nodes, "", 0);
  return found;
}
