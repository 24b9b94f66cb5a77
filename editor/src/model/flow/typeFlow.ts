/** What each port really gives and takes: nodes that hand messages on hand on their type and unit, as the server's check has it. */
import { incompatibility, type Incompatibility } from "./connect";
import type { Ports } from "./ports";
import type { PortType } from "./server";
import { ERROR_PORT } from "./types";
import type { Wire } from "./wires";

export type PortsById = ReadonlyMap<string, { ports: Ports }>;

export class TypeFlow {
  private readonly into = new Map<string, Wire[]>();
  private readonly outOf = new Map<string, Wire[]>();

  constructor(private readonly nodes: PortsById, wires: readonly Wire[]) {
    for (const wire of wires) {
      if (wire.disabled || wire.port === ERROR_PORT) continue;
      add(this.into, `${wire.to}.${wire.input}`, wire);
      add(this.outOf, `${wire.from}.${wire.port}`, wire);
    }
  }

  /** The ports where the messages were made that leave an output; none while nothing comes to a node that only hands on. */
  origins(node: string, port: string, seen = new Set<string>()): PortType[] {
    const output = this.nodes.get(node)?.ports.outputs.find(({ name }) => name === port);
    const key = `${node}.${port}`;
    if (!output || seen.has(key)) return [];
    seen.add(key);
    if (!output.same_as) return [output];
    return (this.into.get(`${node}.${output.same_as}`) ?? []).flatMap((wire) => this.origins(wire.from, wire.port, seen));
  }

  /** The inputs that messages reach from an input unchanged, itself first. */
  takers(node: string, input: string, seen = new Set<string>()): PortType[] {
    const ports = this.nodes.get(node)?.ports;
    const taker = ports?.inputs.find(({ name }) => name === input);
    const key = `${node}.${input}`;
    if (!ports || !taker || seen.has(key)) return [];
    seen.add(key);
    const onward = ports.outputs.filter(({ same_as }) => same_as === input).flatMap(({ name }) => this.outOf.get(`${node}.${name}`) ?? []);
    return [taker, ...onward.flatMap((wire) => this.takers(wire.to, wire.input, seen))];
  }

  /** Why a wire between two ports can't work, whoever made its messages and wherever they go on to. */
  incompatibility(from: string, port: string, to: string, input: string): Incompatibility | null {
    return port === ERROR_PORT ? null : firstIncompatibility(this.origins(from, port), this.takers(to, input));
  }
}

/** Why some of what is given does not fit some of what takes it. */
export function firstIncompatibility(origins: readonly PortType[], takers: readonly PortType[]): Incompatibility | null {
  for (const origin of origins) {
    for (const taker of takers) {
      const why = incompatibility(origin, taker);
      if (why) return why;
    }
  }
  return null;
}

function add(lists: Map<string, Wire[]>, key: string, wire: Wire): void {
  const list = lists.get(key);
  if (list) list.push(wire);
  else lists.set(key, [wire]);
}
