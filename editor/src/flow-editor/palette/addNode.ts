/** Adding a node, and with it the wire it was asked for: one step of the history. */
import { incompatibility } from "../../model/flow/connect";
import { HEAD, snapToGrid, WIDTH } from "../../model/flow/geometry";
import type { Operation } from "../../model/flow/operations";
import { definitionsFirst, operationsBetween } from "../../model/flow/operationsBetween";
import { endAt, portArguments } from "../../model/flow/ports";
import { subflowPortOf } from "../../model/flow/scene";
import type { NodeType } from "../../model/flow/server";
import { addressOf, uniqueName } from "../../model/flow/sheet";
import { connectPort } from "../../model/flow/subflowPorts";
import type { Position } from "../../model/flow/types";
import type { Json } from "../../platform/api/json";
import { translate } from "../../platform/i18n";
import { toast } from "../../platform/kit/toasts";
import type { CanvasController } from "../canvas/CanvasController";
import type { QuickAddAt } from "../canvas/canvasState";
import { wireAt } from "../canvas/hitTest";
import { spliceNewOperations } from "../canvas/splice";
import { incompatibilityOf } from "../canvas/wiring";
import type { FlowDocument } from "../editing/FlowDocument";
import { availableTypes } from "./availableTypes";

const SPLICE_REACH_PX = 24;

/** Adds a node in the middle of what is seen of the canvas. */
export function addNode(canvas: CanvasController, type: NodeType, at: Position = canvas.freePosition(canvas.centre())): string {
  const id = uniqueId(canvas.doc, type);
  canvas.doc.edit(translate("step.add"), [addOperation(canvas.doc, type, id, at)]);
  canvas.doc.select([id]);
  return id;
}

/** Adds a node that was dropped at a place: on a wire it goes into the wire, where its ports fit. */
export function addDroppedNode(canvas: CanvasController, name: string, at: Position): void {
  const type = availableTypes(canvas.doc.state).find((candidate) => candidate.type === name);
  if (!type) return;
  const wire = wireAt(canvas.scene, [at[0] + WIDTH / 2, at[1] + HEAD / 2], SPLICE_REACH_PX / (canvas.viewport?.zoom ?? 1));
  if (!wire) return void addNode(canvas, type, at);
  const id = uniqueId(canvas.doc, type);
  const joined = spliceNewOperations(canvas, id, type.inputs, type.outputs, wire);
  if (typeof joined === "string") toast("warning", joined);
  canvas.doc.edit(translate("step.add"), definitionsFirst([addOperation(canvas.doc, type, id, at), ...(typeof joined === "string" ? [] : joined)]));
  canvas.doc.select([id]);
}

/** A node at the free end of a wire that was dropped on the canvas. */
export function addAtWire(canvas: CanvasController, type: NodeType, { at, from }: QuickAddAt): string {
  const id = uniqueId(canvas.doc, type);
  const place: Position = [from?.side === "in" ? at[0] - WIDTH : at[0], at[1]];
  const operations: Operation[] = [addOperation(canvas.doc, type, id, canvas.freePosition(place))];
  const near = from && canvas.scene.nodes.get(from.node);
  const { scope } = canvas.doc.state;
  const own = from && subflowPortOf(from.node);
  if (own) {
    const port = own.side === "inputs" ? type.inputs[0] : type.outputs[0];
    // The subflow's definition comes first: it is that of before the node is there.
    if (port) operations.unshift(...operationsBetween(canvas.doc.model, connectPort(canvas.doc.model, scope, own.side, own.name, { node: id, port: "", disabled: false })));
  } else if (from && near && from.side === "out") {
    const port = near.ports.outputs.find(({ name }) => name === from.port) ?? { name: from.port };
    const input = type.inputs.find((candidate) => !incompatibility(port, candidate));
    if (input) operations.push({ op: "add_wire", node: addressOf(scope, from.node), to: endAt(id, input.name, type.inputs), ...portArguments(from.port, near.ports.outputs) });
  } else if (from && near) {
    const port = near.ports.inputs.find(({ name }) => name === from.port) ?? { name: from.port };
    const output = type.outputs.find((candidate) => !incompatibility(candidate, port));
    if (output && !incompatibilityOf(canvas, { from: id, port: output.name, to: from.node, input: from.port })) {
      operations.push({ op: "add_wire", node: addressOf(scope, id), to: endAt(from.node, from.port, near.ports.inputs), ...portArguments(output.name, type.outputs) });
    }
  }
  canvas.doc.edit(translate("step.add"), operations);
  canvas.doc.select([id]);
  return id;
}

const uniqueId = (doc: FlowDocument, type: Pick<NodeType, "type">): string => uniqueName(type.type.split("/").at(-1) ?? "node", (name) => name in doc.sheet.nodes);

function addOperation({ scope }: FlowDocument, type: NodeType, id: string, at: Position): Operation {
  const fields = firstFields(type);
  return { op: "add_node", id: addressOf(scope, id), type: type.type, at: [snapToGrid(at[0]), snapToGrid(at[1])], ...(Object.keys(fields).length && { with: fields }) };
}

/** A new node is as its first example where it must be told something at all. */
function firstFields(type: NodeType): Record<string, Json> {
  if (!type.schema.required?.length) return {};
  const example = type.examples?.[0]?.config ?? {};
  return Object.fromEntries(type.schema.required.flatMap((field) => (field in example ? [[field, example[field] as Json]] : [])));
}
