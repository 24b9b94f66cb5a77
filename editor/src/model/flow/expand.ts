/** A flow with its subflows expanded, as the server runs it: which outputs lead to which inputs. */
import type { Json } from "../../platform/api/json";
import type { Ports } from "./ports";
import { type FlowModel, type NodeSpec, type Sheet, type Subflow, SUBFLOW_PREFIX, type Target } from "./types";

export interface PortWire {
  from: string;
  port: string;
  to: string;
  input: string;
}

export interface PortGraph {
  /** By the id under which a node runs. The ports of a subflow are nodes that hand on: `USER/in:NAME` and `USER/out:NAME`. */
  nodes: Map<string, Omit<Ports, "unknown">>;
  wires: PortWire[];
  /** Before which prefixes the nodes of a sheet run, by its name ("" for the flow itself): one for each node that uses it. */
  prefixes: Map<string, string[]>;
}

const DEEPEST = 16;
const MOST_NODES = 20_000;
const LINK = "link";
const HANDS_ON = { inputs: [{ name: "in" }], outputs: [{ name: "out", same_as: "in" }] };

/** `portsOf` tells the ports of a node whose fields are filled in. A subflow that nothing uses runs nowhere and is written out once all the same. */
export function expandFlow(model: FlowModel, portsOf: (node: NodeSpec) => Ports): PortGraph {
  const graph: PortGraph = { nodes: new Map(), wires: [], prefixes: new Map() };
  const links: { id: string; node: NodeSpec }[] = [];
  const place = (sheet: Sheet, name: string, prefix: string, fields: Record<string, Json>, chain: string[]): void => {
    graph.prefixes.set(name, [...(graph.prefixes.get(name) ?? []), prefix]);
    const users = new Map<string, Subflow>();
    for (const written of Object.values(sheet.nodes)) {
      if (written.disabled || graph.nodes.size >= MOST_NODES) continue;
      const node = { ...written, with_: filledIn(written.with_, fields) as NodeSpec["with_"] };
      const id = prefix + node.id;
      if (!node.type.startsWith(SUBFLOW_PREFIX)) {
        graph.nodes.set(id, portsOf(node));
        if (node.type.startsWith("link-")) links.push({ id, node });
        continue;
      }
      const inner = model.subflows[node.type.slice(SUBFLOW_PREFIX.length)];
      if (!inner || chain.includes(inner.name) || chain.length >= DEEPEST) continue;
      users.set(node.id, inner);
      for (const port of Object.keys(inner.inputs)) graph.nodes.set(`${id}/in:${port}`, HANDS_ON);
      for (const port of Object.keys(inner.outputs)) graph.nodes.set(`${id}/out:${port}`, HANDS_ON);
      place(inner, inner.name, `${id}/`, valuesOf(inner, node.with_), [...chain, inner.name]);
    }
    const into = ({ node, port, disabled }: Target): [string, string] | null => {
      const user = users.get(node);
      const inputs = user ? Object.keys(user.inputs) : (graph.nodes.get(prefix + node)?.inputs.map(({ name }) => name) ?? []);
      const input = port || (inputs.length === 1 ? (inputs[0] as string) : "");
      if (disabled || !inputs.includes(input)) return null;
      return user ? [`${prefix}${node}/in:${input}`, "in"] : [prefix + node, input];
    };
    const outOf = (node: string, port: string): [string, string] | null => {
      const user = users.get(node);
      const outputs = user ? Object.keys(user.outputs) : (graph.nodes.get(prefix + node)?.outputs.map(({ name }) => name) ?? []);
      const output = port || (outputs[0] ?? "");
      if (!outputs.includes(output)) return null;
      return user ? [`${prefix}${node}/out:${output}`, "out"] : [prefix + node, output];
    };
    const wire = (source: [string, string] | null, target: [string, string] | null): void => {
      if (source && target) graph.wires.push({ from: source[0], port: source[1], to: target[0], input: target[1] });
    };
    for (const node of Object.values(sheet.nodes)) {
      for (const [port, targets] of Object.entries(node.to)) for (const target of targets) wire(outOf(node.id, port), into(target));
    }
    if (!("inputs" in sheet)) return;
    const { inputs, outputs } = sheet as Subflow;
    for (const [port, targets] of Object.entries(inputs)) for (const target of targets) wire([`${prefix}in:${port}`, "out"], into(target));
    for (const [port, ends] of Object.entries(outputs)) for (const end of ends) if (!end.disabled) wire(outOf(end.node, end.port), [`${prefix}out:${port}`, "in"]);
  };
  place(model, "", "", {}, []);
  for (const subflow of Object.values(model.subflows)) {
    if (graph.prefixes.has(subflow.name)) continue;
    const prefix = `:${subflow.name}/`;
    for (const port of Object.keys(subflow.inputs)) graph.nodes.set(`${prefix}in:${port}`, HANDS_ON);
    for (const port of Object.keys(subflow.outputs)) graph.nodes.set(`${prefix}out:${port}`, HANDS_ON);
    place(subflow, subflow.name, prefix, valuesOf(subflow, {}), [subflow.name]);
  }
  joinLinks(graph, links, model.flow);
  return graph;
}

/** What goes out at a link-out comes out of the link-in of that name, wherever it stands. */
function joinLinks(graph: PortGraph, links: { id: string; node: NodeSpec }[], flow: string): void {
  const receivers = new Map(links.filter(({ node }) => node.type === "link-in").toReversed().map(({ id, node }) => [`${flow}/${String(node.with_["name"] || id)}`, id]));
  for (const { id, node } of links) {
    if (node.type === "link-in") continue;
    const named = [node.with_["to"]].flat().filter((name): name is string => typeof name === "string" && name !== "");
    for (const name of named) {
      const receiver = receivers.get(name.includes("/") ? name : `${flow}/${name}`);
      const [from, to] = [graph.nodes.get(id), receiver && graph.nodes.get(receiver)];
      if (!from || !receiver || !to) continue;
      graph.nodes.set(id, { ...from, outputs: [...from.outputs, { name: LINK, same_as: from.inputs[0]?.name ?? "" }] });
      graph.nodes.set(receiver, { inputs: [{ name: LINK }], outputs: to.outputs.map((port) => ({ ...port, same_as: LINK })) });
      graph.wires.push({ from: id, port: LINK, to: receiver, input: LINK });
    }
  }
}

function valuesOf(subflow: Subflow, given: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(subflow.fields).flatMap(([name, schema]): [string, Json][] =>
    name in given ? [[name, given[name] as Json]] : "default" in schema ? [[name, schema["default"] as Json]] : []));
}

/** A value with its `${field:NAME}` filled in, as the server does it; those without a value stay as they are. */
function filledIn(value: Json, fields: Record<string, Json>): Json {
  if (Object.keys(fields).length === 0) return value;
  if (Array.isArray(value)) return value.map((item) => filledIn(item, fields));
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledIn(item, fields)]));
  if (typeof value !== "string") return value;
  const [, whole] = /^\$\{field:([^${}]+)\}$/.exec(value) ?? [];
  if (whole !== undefined) return fields[whole.trim()] ?? value;
  return value.replaceAll(/\$\{field:([^${}]+)\}/g, (text, name: string) => {
    const filled = fields[name.trim()];
    return filled === undefined ? text : typeof filled === "string" ? filled : JSON.stringify(filled);
  });
}
