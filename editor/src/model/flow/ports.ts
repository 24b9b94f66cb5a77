/** The ports of a node as it is set: from its type, from the server where the config makes them, or from its subflow. */
import type { NodeType, PortType } from "./server";
import { ERROR_PORT, type FlowModel, type NodeSpec, SUBFLOW_PREFIX, type Target } from "./types";

export interface Ports {
  inputs: PortType[];
  outputs: PortType[];
  /** Nobody knows this type; its ports are those that are wired. */
  unknown: boolean;
}

export const NO_PORTS: Ports = { inputs: [], outputs: [], unknown: true };

export type Catalogue = ReadonlyMap<string, NodeType>;

/** The ports that the server told for a type with a config. */
export type KnownPorts = ReadonlyMap<string, Omit<Ports, "unknown">>;

export const portsKey = (node: Pick<NodeSpec, "type" | "with_">): string => `${node.type}\n${JSON.stringify(node.with_)}`;

export function portsOf(node: NodeSpec, model: FlowModel, catalogue: Catalogue, known: KnownPorts): Ports {
  const subflow = node.type.startsWith(SUBFLOW_PREFIX) ? model.subflows[node.type.slice(SUBFLOW_PREFIX.length)] : undefined;
  if (subflow) {
    const named = (ports: Record<string, Target[]>) => Object.keys(ports).map((name) => ({ name }));
    return { inputs: named(subflow.inputs), outputs: withWired(node, named(subflow.outputs)), unknown: false };
  }
  const type = catalogue.get(node.type);
  if (!type || type.broken) return { inputs: [{ name: "in" }], outputs: withWired(node, []), unknown: true };
  const { inputs, outputs } = known.get(portsKey(node)) ?? type;
  return { inputs, outputs: withWired(node, outputs), unknown: false };
}

/** A wire is shown even where its port is gone, so that it can be seen and removed. */
function withWired(node: NodeSpec, outputs: PortType[]): PortType[] {
  const names = new Set(outputs.map((port) => port.name));
  const lost = Object.keys(node.to).filter((name) => name !== "" && name !== ERROR_PORT && !names.has(name));
  if (outputs.length === 0 && node.to[""]) lost.unshift("out");
  return lost.length ? [...outputs, ...lost.map((name) => ({ name }))] : outputs;
}

/** The output that a wire leaves from, by name; "" in the model is the first. */
export const outputName = (port: string, outputs: PortType[]): string => port || outputs[0]?.name || "out";

export const inputName = (port: string, inputs: PortType[]): string => port || inputs[0]?.name || "in";

/** How the far end of a wire to this input is written: a node's only input needs no name. */
export const endAt = (node: string, input: string, inputs: PortType[]): string => (inputs.length > 1 ? `${node}.${input}` : node);

/** How an output port is named in an operation. */
export function portArguments(port: string, outputs: PortType[]): { port: string; first: string } {
  const first = outputs[0]?.name ?? "";
  return { port: port === first ? "" : port, first };
}
