/** What there is to draw on a sheet, worked out once per draft: places, ports, wires, frames. */
import { expandFlow } from "./expand";
import { ranksOf } from "./flowOrder";
import { boundsOf, type Box, type Curve, curveBetween, frameAround, heightOf, noteBox, portAt, positionsOf, WIDTH } from "./geometry";
import { inputName, type KnownPorts, outputName, type Ports, portsOf } from "./ports";
import type { NodeType, PortType } from "./server";
import { formatTarget } from "./targets";
import { TypeFlow } from "./typeFlow";
import { ERROR_PORT, type FlowModel, type NodeSpec, type Position, type Sheet, type Subflow } from "./types";
import { type Wire, wiresOf } from "./wires";

export interface SceneNode extends Box {
  id: string;
  node: NodeSpec;
  ports: Ports;
}

export interface SceneWire extends Wire {
  curve: Curve;
}

/** What stands on the sheet of a subflow for its own ports: `in:NAME` gives messages, `out:NAME` takes them. */
export const subflowPortOf = (id: string): { side: "inputs" | "outputs"; name: string } | null =>
  id.startsWith("in:") ? { side: "inputs", name: id.slice(3) } : id.startsWith("out:") ? { side: "outputs", name: id.slice(4) } : null;

export interface Scene {
  nodes: Map<string, SceneNode>;
  wires: SceneWire[];
  frames: Map<string, Box>;
  bounds: Box | null;
  /** What the ports give and take, worked out when somebody first draws a wire. */
  typeFlow: () => TypeFlow;
}

export function sceneOf(sheet: Sheet, model: FlowModel, catalogue: ReadonlyMap<string, NodeType>, known: KnownPorts, before?: Scene): Scene {
  const unplaced = Object.keys(sheet.nodes).some((id) => !sheet.layout[id]);
  const ranks = unplaced ? ranksOf(sheet) : null;
  const ports = new Map(Object.values(sheet.nodes).map((node) => [node.id, portsOf(node, model, catalogue, known)]));
  const places = positionsOf(sheet, (id) => ranks?.get(id) ?? 0, (id) => heightOf(ports.get(id) as Ports));
  const nodes = new Map<string, SceneNode>();
  for (const node of Object.values(sheet.nodes)) {
    const [x, y] = places.get(node.id) as Position;
    const here = ports.get(node.id) as Ports;
    const was = before?.nodes.get(node.id);
    const unchanged = was && was.node === node && was.x === x && was.y === y && samePorts(was.ports, here);
    nodes.set(node.id, unchanged ? was : { id: node.id, node, ports: here, x, y, width: WIDTH, height: heightOf(here) });
  }
  const plain = wiresOf(sheet, (id) => nodes.get(id)?.ports);
  const wires = [...plain, ...placeSubflowPorts(sheet, nodes, before)].map((wire) => ({ ...wire, curve: curveOf(wire, nodes) }));
  const frames = new Map<string, Box>();
  for (const [name, group] of Object.entries(sheet.groups)) {
    const frame = frameAround(group.members.flatMap((member) => nodes.get(member) ?? []));
    if (frame) frames.set(name, frame);
  }
  const bounds = boundsOf([...nodes.values(), ...frames.values(), ...Object.values(sheet.notes).map(noteBox)]);
  let flow: TypeFlow | null = null;
  const typeFlow = () => (flow ??= new TypeFlow(expandFlow(model, (node) => portsOf(node, model, catalogue, known)), "inputs" in sheet ? (sheet as Subflow).name : ""));
  return { nodes, wires, frames, bounds, typeFlow };
}

export function curveOf(wire: Wire, nodes: ReadonlyMap<string, SceneNode>, shift: (id: string) => Position = () => [0, 0]): Curve {
  const from = nodes.get(wire.from) as SceneNode;
  const to = nodes.get(wire.to) as SceneNode;
  const [ax, ay] = portAt(from.ports, "out", wire.port);
  const [bx, by] = portAt(to.ports, "in", wire.input);
  const [sx, sy] = shift(wire.from);
  const [tx, ty] = shift(wire.to);
  const down = wire.port === ERROR_PORT && !from.ports.outputs.some((port) => port.name === ERROR_PORT);
  return curveBetween([from.x + ax + sx, from.y + ay + sy], [to.x + bx + tx, to.y + by + ty], down);
}

const BESIDE = 90;

/** Puts the ports of a subflow left and right of its nodes; the wires between them and the nodes. */
function placeSubflowPorts(sheet: Sheet, nodes: Map<string, SceneNode>, before?: Scene): Wire[] {
  if (!("inputs" in sheet)) return [];
  const { inputs, outputs } = sheet as Subflow;
  const bounds = boundsOf(nodes.values()) ?? { x: 320, y: 80, width: 0, height: 0 };
  const put = (id: string, x: number, y: number, ports: Ports): void => {
    const was = before?.nodes.get(id);
    const same = was && was.x === x && was.y === y;
    nodes.set(id, same ? was : { id, node: { id, type: "", with_: {}, to: {}, title: "", note: "", disabled: false }, ports, x, y, width: WIDTH, height: heightOf(ports) });
  };
  const wires: Wire[] = [];
  const join = (from: string, port: string, to: string, input: string, end: string, disabled: boolean): void => {
    wires.push({ id: `${from}.${port}>${to}.${input}`, from, port, to, input, end, disabled });
  };
  Object.keys(inputs).forEach((name, row) => put(`in:${name}`, bounds.x - WIDTH - BESIDE, bounds.y + row * 70, { inputs: [], outputs: [{ name: "out" }], unknown: false }));
  Object.keys(outputs).forEach((name, row) => put(`out:${name}`, bounds.x + bounds.width + BESIDE, bounds.y + row * 70, { inputs: [{ name: "in" }], outputs: [], unknown: false }));
  for (const [name, targets] of Object.entries(inputs)) {
    for (const target of targets) {
      const there = nodes.get(target.node);
      if (there) join(`in:${name}`, "out", target.node, inputName(target.port, there.ports.inputs), formatTarget(target), target.disabled);
    }
  }
  for (const [name, ends] of Object.entries(outputs)) {
    for (const end of ends) {
      const there = nodes.get(end.node);
      if (there) join(end.node, outputName(end.port, there.ports.outputs), `out:${name}`, "in", name, end.disabled);
    }
  }
  return wires;
}

function samePorts(one: Ports, other: Ports): boolean {
  const portText = ({ name, payload, unit, same_as }: PortType) => [name, payload, unit, same_as].join(":");
  const names = (ports: Ports) => [...ports.inputs.map(portText), "|", ...ports.outputs.map(portText)].join(",");
  return one === other || (one.unknown === other.unknown && names(one) === names(other));
}
