/** The wires of a sheet as the canvas draws them. */
import { inputName, outputName, type Ports } from "./ports";
import { formatTarget } from "./targets";
import type { Sheet } from "./types";

export interface Wire {
  /** `FROM.PORT>TO.PORT`, the same as long as both ends are. */
  id: string;
  from: string;
  port: string;
  to: string;
  input: string;
  /** The far end as it is written. */
  end: string;
  disabled: boolean;
}

export function wiresOf(sheet: Sheet, ports: (id: string) => Ports | undefined): Wire[] {
  const wires: Wire[] = [];
  for (const node of Object.values(sheet.nodes)) {
    for (const [name, targets] of Object.entries(node.to)) {
      const port = outputName(name, ports(node.id)?.outputs ?? []);
      for (const target of targets) {
        const inputs = ports(target.node)?.inputs;
        if (!inputs) continue;
        const input = inputName(target.port, inputs);
        wires.push({ id: `${node.id}.${port}>${target.node}.${input}`, from: node.id, port, to: target.node, input, end: formatTarget(target), disabled: target.disabled });
      }
    }
  }
  return wires;
}
