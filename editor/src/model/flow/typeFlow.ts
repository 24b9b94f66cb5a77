/** What each port really gives and takes: nodes that hand messages on hand on their type and unit, as the server's check has it. */
import { type Incompatibility, incompatibility } from "./connect";
import type { PortGraph, PortWire } from "./expand";
import type { PortType } from "./server";
import { ERROR_PORT } from "./types";

type End = [node: string, port: string];

/** The ports of one sheet, seen in every place where it runs. */
export class TypeFlow {
  private readonly into = new Map<string, PortWire[]>();
  private readonly outOf = new Map<string, PortWire[]>();

  constructor(private readonly graph: PortGraph, private readonly scope: string) {
    for (const wire of graph.wires) {
      if (wire.port === ERROR_PORT) continue;
      add(this.into, `${wire.to}.${wire.input}`, wire);
      add(this.outOf, `${wire.from}.${wire.port}`, wire);
    }
  }

  /** The ports where the messages were made that leave an output; none while nothing comes to a node that only hands on. */
  origins(node: string, port: string): PortType[] {
    return this.places().flatMap((prefix) => this.made(this.end(prefix, node, port, "out")));
  }

  /** The inputs that messages reach from an input unchanged, itself first. */
  takers(node: string, input: string): PortType[] {
    return this.places().flatMap((prefix) => this.taken(this.end(prefix, node, input, "in")));
  }

  /** Why a wire between two ports can't work, whoever made its messages and wherever they go on to. */
  incompatibility(from: string, port: string, to: string, input: string): Incompatibility | null {
    if (port === ERROR_PORT && !this.places().some((prefix) => this.graph.nodes.has(`${prefix}${from}/out:${port}`))) return null;
    for (const prefix of this.places()) {
      const why = firstIncompatibility(this.made(this.end(prefix, from, port, "out")), this.taken(this.end(prefix, to, input, "in")));
      if (why) return why;
    }
    return null;
  }

  private places(): string[] {
    return this.graph.prefixes.get(this.scope) ?? [];
  }

  /** A port of the sheet where it runs: a node that uses a subflow has its ports beside it. */
  private end(prefix: string, node: string, port: string, side: "in" | "out"): End {
    const id = `${prefix}${node}/${side}:${port}`;
    return this.graph.nodes.has(id) ? [id, side] : [prefix + node, port];
  }

  private made(from: End): PortType[] {
    return search(from, ([node, port]) => {
      const output = this.graph.nodes.get(node)?.outputs.find(({ name }) => name === port);
      if (!output?.same_as) return [output ?? null, []];
      return [null, (this.into.get(`${node}.${output.same_as}`) ?? []).map((wire): End => [wire.from, wire.port])];
    });
  }

  private taken(to: End): PortType[] {
    return search(to, ([node, input]) => {
      const ports = this.graph.nodes.get(node);
      const onward = ports?.outputs.filter(({ same_as }) => same_as === input).flatMap(({ name }) => this.outOf.get(`${node}.${name}`) ?? []) ?? [];
      return [ports?.inputs.find(({ name }) => name === input) ?? null, onward.map((wire): End => [wire.to, wire.input])];
    });
  }
}

export const NO_TYPES = new TypeFlow({ nodes: new Map(), wires: [], prefixes: new Map() }, "");

/** All ports that are found from one end, each once, in the order in which they are met. */
function search(start: End, look: (end: End) => [PortType | null, End[]]): PortType[] {
  const seen = new Set<string>([start.join(".")]);
  const ends = [start];
  const found: PortType[] = [];
  for (const end of ends) {
    const [port, further] = look(end);
    if (port) found.push(port);
    for (const next of further) {
      if (seen.has(next.join("."))) continue;
      seen.add(next.join("."));
      ends.push(next);
    }
  }
  return found;
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

function add(lists: Map<string, PortWire[]>, key: string, wire: PortWire): void {
  const list = lists.get(key);
  if (list) list.push(wire);
  else lists.set(key, [wire]);
}
