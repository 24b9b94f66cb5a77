/** Adding a node, and with it the wire it was asked for: one step of the history. */
import type { NodeType } from "../api/types";
import { freshPlace, stage, useCanvas, type QuickAddAt } from "../canvas/view";
import { refusalOf } from "../canvas/wiring";
import { edit, select, selectedNodes, sheet, useDocument } from "../editing/document";
import { refusal } from "../flow/connect";
import { snapped, WIDTH } from "../flow/geometry";
import type { Operation } from "../flow/operations";
import { endAt, portArguments } from "../flow/ports";
import { addressOf, freshName } from "../flow/sheet";
import type { Json, Position } from "../flow/types";
import { say } from "../i18n";

const BESIDE = 70;

export function addNode(type: NodeType, at?: Position): string {
  const [chosen] = selectedNodes().slice(-1);
  const beside = chosen ? useCanvas.getState().scene.nodes.get(chosen) : undefined;
  const place = at ?? freshPlace(beside ? [beside.x + WIDTH + BESIDE, beside.y] : stage.centre());
  const id = freshId(type);
  edit(say("step.add"), [addition(type, id, place)]);
  select([id]);
  return id;
}

/** A node at the free end of a wire that was dropped on the canvas. */
export function addAtWire(type: NodeType, { at, from }: QuickAddAt): string {
  const id = freshId(type);
  const place: Position = [from?.side === "in" ? at[0] - WIDTH : at[0], at[1]];
  const operations: Operation[] = [addition(type, id, freshPlace(place))];
  const near = from && useCanvas.getState().scene.nodes.get(from.node);
  const { scope } = useDocument.getState();
  if (from && near && from.side === "out") {
    const port = near.ports.outputs.find(({ name }) => name === from.port) ?? { name: from.port };
    const input = type.inputs.find((candidate) => !refusal(port, candidate));
    if (input) operations.push({ op: "add_wire", node: addressOf(scope, from.node), to: endAt(id, input.name, type.inputs), ...portArguments(from.port, near.ports.outputs) });
  } else if (from && near) {
    const port = near.ports.inputs.find(({ name }) => name === from.port) ?? { name: from.port };
    const output = type.outputs.find((candidate) => !refusal(candidate, port));
    if (output && !refusalOf({ from: id, port: output.name, to: from.node, input: from.port })) {
      operations.push({ op: "add_wire", node: addressOf(scope, id), to: endAt(from.node, from.port, near.ports.inputs), ...portArguments(output.name, type.outputs) });
    }
  }
  edit(say("step.add"), operations);
  select([id]);
  return id;
}

export const freshId = (type: NodeType): string => freshName(type.type.split("/").at(-1) ?? "node", (name) => name in sheet().nodes);

function addition(type: NodeType, id: string, at: Position): Operation {
  const { scope } = useDocument.getState();
  const fields = firstFields(type);
  return { op: "add_node", id: addressOf(scope, id), type: type.type, at: [snapped(at[0]), snapped(at[1])], ...(Object.keys(fields).length && { with: fields }) };
}

/** A new node is as its first example where it must be told something at all. */
function firstFields(type: NodeType): Record<string, Json> {
  if (!type.schema.required?.length) return {};
  const example = type.examples?.[0]?.config ?? {};
  return Object.fromEntries(type.schema.required.flatMap((field) => (field in example ? [[field, example[field] as Json]] : [])));
}
