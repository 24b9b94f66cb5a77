/** What the canvas answers to questions that the server answers as well: the cases in tests/shared hold both to the same answers. */
import type { Json } from "../../platform/api/json";
import { applyOperations, subflowOf } from "./apply";
import { incompatibility } from "./connect";
import { expandFlow, type PortWire } from "./expand";
import { extractSubflow } from "./extract";
import type { Operation } from "./operations";
import { operationsBetween } from "./operationsBetween";
import { endAt, portArguments, type Ports, portsKey, portsOf } from "./ports";
import { subflowPortOf } from "./scene";
import type { NodeType, PortType } from "./server";
import { addressOf, sheetOf } from "./sheet";
import { connectPort } from "./subflowPorts";
import { parseTarget } from "./targets";
import { TypeFlow } from "./typeFlow";
import type { FlowModel, NodeSpec } from "./types";

type Document = Record<string, Json>;

/** What the server says of node types, and of the ports of nodes whose config makes them. */
export interface Palette {
  types: Pick<NodeType, "type" | "inputs" | "outputs">[];
  ports?: { type: string; with: NodeSpec["with_"]; inputs: PortType[]; outputs: PortType[] }[];
}

/** Flows are given in the words of a flow file. */
export type Question =
  | { ask: "model"; flow: Document }
  | { ask: "compatible"; output: PortType; input: PortType }
  | ({ ask: "wires"; flow: Document } & Palette)
  | ({ ask: "wire"; flow: Document; scope: string; wire: PortWire } & Palette)
  | { ask: "apply"; flow: Document; operations: Operation[] }
  | { ask: "between"; flow: Document; other: Document }
  | ({ ask: "extract"; flow: Document; scope: string; nodes: string[] } & Palette);

export function answerOf(question: Question): unknown {
  switch (question.ask) {
    case "model":
      return flowOf(question.flow);
    case "compatible":
      return incompatibility(question.output, question.input)?.why ?? null;
    case "wires": {
      const flow = flowOf(question.flow);
      return runningWires(expandFlow(flow, portsIn(flow, question)).wires);
    }
    case "wire":
      return wireDrawn(flowOf(question.flow), question.scope, question.wire, question);
    case "apply":
      return applyOperations(flowOf(question.flow), question.operations);
    case "between":
      return operationsBetween(flowOf(question.flow), flowOf(question.other));
    case "extract": {
      const flow = flowOf(question.flow);
      const sheet = sheetOf(flow, question.scope) ?? flow;
      const ports = portsIn(flow, question);
      return extractSubflow(flow, question.scope, new Set(question.nodes), "", (id) => sheet.layout[id] ?? [0, 0], (id) => ports(sheet.nodes[id] as NodeSpec).outputs[0]?.name ?? "").operations;
    }
  }
}

function flowOf(document: Document): FlowModel {
  const { name: _name, inputs: _inputs, outputs: _outputs, fields: _fields, ...sheet } = subflowOf("", document);
  const on_error = document["on_error"];
  return {
    ...sheet, flow: String(document["flow"]), disabled: document["disabled"] === true, on_error: typeof on_error === "string" ? parseTarget(on_error) : null,
    subflows: Object.fromEntries(Object.entries((document["subflows"] ?? {}) as Record<string, Document>).map(([name, definition]) => [name, subflowOf(name, definition)])),
  };
}

function portsIn(flow: FlowModel, { types, ports = [] }: Palette): (node: NodeSpec) => Ports {
  const catalogue = new Map(types.map((type) => [type.type, type as NodeType]));
  const known = new Map(ports.map((one) => [portsKey({ type: one.type, with_: one.with }), one]));
  return (node) => portsOf(node, flow, catalogue, known);
}

/** Why a wire is refused while it is drawn, and the operations that draw it. */
function wireDrawn(flow: FlowModel, scope: string, { from, port, to, input }: PortWire, palette: Palette): { why: string | null; operations: Operation[] } {
  const ports = portsIn(flow, palette);
  const sheet = sheetOf(flow, scope) ?? flow;
  const portsAt = (id: string): Ports => ports(sheet.nodes[id] as NodeSpec);
  const why = new TypeFlow(expandFlow(flow, ports), scope).incompatibility(from, port, to, input)?.why ?? null;
  const [source, sink] = [subflowPortOf(from), subflowPortOf(to)];
  if (source) return { why, operations: operationsBetween(flow, connectPort(flow, scope, source.side, source.name, parseTarget(endAt(to, input, portsAt(to).inputs)))) };
  const named = portArguments(port, portsAt(from).outputs);
  if (sink) return { why, operations: operationsBetween(flow, connectPort(flow, scope, sink.side, sink.name, { node: from, port: named.port, disabled: false })) };
  return { why, operations: [{ op: "add_wire", node: addressOf(scope, from), to: endAt(to, input, portsAt(to).inputs), ...named }] };
}

/** The wires between nodes that run: a way through ports of subflows is one wire. */
function runningWires(wires: readonly PortWire[]): [string, string, string, string][] {
  const isPort = (id: string): boolean => /(^|\/)(in|out):[^/]*$/.test(id);
  const ends = (wire: PortWire): PortWire[] => (isPort(wire.to) ? wires.filter(({ from }) => from === wire.to).flatMap(ends) : [wire]);
  return wires.filter(({ from }) => !isPort(from) && !from.startsWith(":"))
    .flatMap((wire) => ends(wire).map((end): [string, string, string, string] => [wire.from, wire.port, end.to, end.input]));
}
