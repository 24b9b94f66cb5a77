/** Putting a node into a wire, and taking nodes out so that what they joined stays joined. */
import type { Operation } from "../../model/flow/operations";
import { operationsBetween } from "../../model/flow/operationsBetween";
import { endAt, portArguments } from "../../model/flow/ports";
import { type SceneWire, subflowPortOf } from "../../model/flow/scene";
import type { PortType } from "../../model/flow/server";
import { addressOf } from "../../model/flow/sheet";
import { removePort } from "../../model/flow/subflowPorts";
import { parseTarget } from "../../model/flow/targets";
import { firstIncompatibility } from "../../model/flow/typeFlow";
import { ERROR_PORT } from "../../model/flow/types";
import { translate } from "../../platform/i18n";
import type { CanvasController } from "./CanvasController";
import { disconnectOperations, incompatibilityText, reconnectOperations, wireOperations } from "./wiring";

/** The operations that put `id` into `wire`, or why it does not fit in. */
export function spliceOperations(canvas: CanvasController, id: string, wire: SceneWire): Operation[] | string {
  const { nodes } = canvas.scene;
  const ports = nodes.get(id)?.ports;
  return ports ? spliceNewOperations(canvas, id, ports.inputs, ports.outputs, wire) : translate("canvas.refused.noports", { node: id });
}

/** The same for a node that is only just being added. */
export function spliceNewOperations(canvas: CanvasController, id: string, inputs: PortType[], outputs: PortType[], wire: SceneWire): Operation[] | string {
  const { nodes } = canvas.scene;
  const { scope } = canvas.doc.state;
  const ports = canvas.scene.typeFlow();
  const given = wire.port === ERROR_PORT ? [] : ports.origins(wire.from, wire.port);
  const taken = ports.takers(wire.to, wire.input);
  const input = inputs.find((port) => !firstIncompatibility(given, [port]));
  const output = outputs.find((port) => !firstIncompatibility([port], taken));
  const [anyInput] = inputs;
  const [anyOutput] = outputs;
  if (!anyInput || !anyOutput) return translate("canvas.refused.noports", { node: id });
  if (!input) return incompatibilityText(firstIncompatibility(given, [anyInput]) ?? { why: "twice" });
  if (!output) return incompatibilityText(firstIncompatibility([anyOutput], taken) ?? { why: "twice" });
  const fromNew = (to: string): Operation => ({ op: "add_wire", node: addressOf(scope, id), to, ...portArguments(output.name, outputs) });
  const toNew = (): Operation => ({ op: "add_wire", node: addressOf(scope, wire.from), to: endAt(id, input.name, inputs), ...portArguments(wire.port, nodes.get(wire.from)?.ports.outputs ?? []) });
  if (subflowPortOf(wire.from)) return [...(reconnectOperations(canvas, wire, parseTarget(endAt(id, input.name, inputs))) ?? []), fromNew(wire.end)];
  if (subflowPortOf(wire.to)) return [...(reconnectOperations(canvas, wire, { node: id, port: output.name === outputs[0]?.name ? "" : output.name, disabled: false }) ?? []), toNew()];
  return [...disconnectOperations(canvas, wire), toNew(), fromNew(wire.end)];
}

/** The operations that remove nodes; with `reconnect` their neighbours are joined where ports fit. */
export function removeOperations(canvas: CanvasController, ids: string[], reconnect: boolean): Operation[] {
  const { scope } = canvas.doc.state;
  const gone = new Set(ids);
  const joins: Operation[] = [];
  if (reconnect) {
    const { wires } = canvas.scene;
    const joined = new Set(wires.map(({ from, port, to, input }) => `${from}.${port}>${to}.${input}`));
    for (const wire of wires) {
      if (gone.has(wire.from) || !gone.has(wire.to) || subflowPortOf(wire.from)) continue;
      for (const far of beyond(canvas, wire.to, gone, wires)) {
        if (subflowPortOf(far.to)) continue;
        const key = `${wire.from}.${wire.port}>${far.to}.${far.input}`;
        if (joined.has(key)) continue;
        joined.add(key);
        joins.push(...wireOperations(canvas, { from: wire.from, port: wire.port, to: far.to, input: far.input }));
      }
    }
  }
  const notes = ids.filter((id) => id.startsWith("note:")).map((id): Operation => ({ op: "remove_note", name: addressOf(scope, id.slice(5)) }));
  const groups = ids.filter((id) => id.startsWith("group:")).map((id): Operation => ({ op: "remove_group", name: addressOf(scope, id.slice(6)) }));
  const nodes = ids.filter((id) => id in canvas.doc.sheet.nodes).map((id): Operation => ({ op: "remove_node", id: addressOf(scope, id) }));
  let ports = canvas.doc.model;
  for (const id of ids) {
    const own = subflowPortOf(id);
    if (own) ports = removePort(ports, scope, own.side, own.name);
  }
  return [...operationsBetween(canvas.doc.model, ports), ...joins, ...nodes, ...notes, ...groups];
}

/** Where messages that reach `id` come out behind the nodes that go; only through first outputs. */
function beyond(canvas: CanvasController, id: string, gone: ReadonlySet<string>, wires: SceneWire[], seen = new Set<string>()): SceneWire[] {
  if (seen.has(id)) return [];
  seen.add(id);
  const first = canvas.scene.nodes.get(id)?.ports.outputs[0]?.name;
  return wires.filter((wire) => wire.from === id && wire.port === first).flatMap((wire) => (gone.has(wire.to) ? beyond(canvas, wire.to, gone, wires, seen) : [wire]));
}
