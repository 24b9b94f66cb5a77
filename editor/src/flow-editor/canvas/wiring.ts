/** From a wire being drawn to operations, and the words of a refusal. */
import type { Incompatibility } from "../../model/flow/connect";
import type { Operation } from "../../model/flow/operations";
import { operationsBetween } from "../../model/flow/operationsBetween";
import { endAt, portArguments } from "../../model/flow/ports";
import { subflowPortOf } from "../../model/flow/scene";
import { addressOf } from "../../model/flow/sheet";
import { connectPort, disconnectPort, reconnectPort, type Side } from "../../model/flow/subflowPorts";
import { formatTarget, parseTarget } from "../../model/flow/targets";
import type { Target } from "../../model/flow/types";
import type { Wire } from "../../model/flow/wires";
import { payloadTitle, translate } from "../../platform/i18n";
import { toast } from "../../platform/kit/toasts";
import type { CanvasController } from "./CanvasController";

export interface WireEnds {
  from: string;
  port: string;
  to: string;
  input: string;
}

export function incompatibilityOf(canvas: CanvasController, { from, port, to, input }: WireEnds): Incompatibility | null {
  const { scene } = canvas.state;
  const wired = scene.wires.some((wire) => wire.from === from && wire.port === port && wire.to === to && wire.input === input);
  if (from === to && !loops(canvas, to)) return { why: "self" };
  return wired ? { why: "twice" } : scene.typeFlow().incompatibility(from, port, to, input);
}

/** A node that hands on later may feed itself. */
const loops = (canvas: CanvasController, id: string): boolean => canvas.doc.state.catalogue.get(canvas.doc.sheet.nodes[id]?.type ?? "")?.buffers === true;

export function incompatibilityText(why: Incompatibility): string {
  if (why.why === "payload" || why.why === "unit") {
    const shown = why.why === "payload" ? payloadTitle : (unit: string) => unit;
    return translate(`canvas.refused.${why.why}`, { gives: shown(why.gives), takes: shown(why.takes) });
  }
  return translate(`canvas.refused.${why.why}`);
}

/** What joins two ports. A wire to a port of the open subflow itself is part of the subflow, so its operations come first in an edit. */
export function wireOperations(canvas: CanvasController, ends: WireEnds): Operation[] {
  const { from, port, to, input } = ends;
  const { scene } = canvas.state;
  const { scope } = canvas.doc.state;
  const own = ownEnd(canvas, ends);
  if (own) return operationsBetween(canvas.doc.model, connectPort(canvas.doc.model, scope, own.side, own.name, own.end));
  const inputs = scene.nodes.get(to)?.ports.inputs ?? [];
  return [{ op: "add_wire", node: addressOf(scope, from), to: endAt(to, input, inputs), ...portArguments(port, scene.nodes.get(from)?.ports.outputs ?? []) }];
}

/** The port of the open subflow that a wire begins or ends at, and its inner end. */
function ownEnd(canvas: CanvasController, { from, port, to, input }: WireEnds): { side: Side; name: string; end: Target } | null {
  const { nodes } = canvas.scene;
  const source = subflowPortOf(from);
  if (source) return { ...source, end: parseTarget(endAt(to, input, nodes.get(to)?.ports.inputs ?? [])) };
  const sink = subflowPortOf(to);
  if (!sink) return null;
  const outputs = nodes.get(from)?.ports.outputs ?? [];
  return { ...sink, end: { node: from, port: port === outputs[0]?.name ? "" : port, disabled: false } };
}

/** Joins two ports, or says why it does not. */
export function connect(canvas: CanvasController, ends: WireEnds): boolean {
  const why = incompatibilityOf(canvas, ends);
  if (why) {
    toast("warning", incompatibilityText(why));
    return false;
  }
  canvas.doc.edit(translate("step.wire"), wireOperations(canvas, ends));
  return true;
}

export function disconnectOperations(canvas: CanvasController, wire: Wire): Operation[] {
  const { scope } = canvas.doc.state;
  const outputs = canvas.scene.nodes.get(wire.from)?.ports.outputs ?? [];
  const own = ownEnd(canvas, wire);
  if (own) {
    return operationsBetween(canvas.doc.model, disconnectPort(canvas.doc.model, scope, own.side, own.name, isEndOf(wire, own.end)));
  }
  return [{ op: "remove_wire", node: addressOf(scope, wire.from), to: wire.end, ...portArguments(wire.port, outputs) }];
}

/** What leads a wire of the open subflow's own port to `end` instead; null for a wire between two nodes. */
export function reconnectOperations(canvas: CanvasController, wire: Wire, end: Target): Operation[] | null {
  const { scope } = canvas.doc.state;
  const own = ownEnd(canvas, wire);
  return own && operationsBetween(canvas.doc.model, reconnectPort(canvas.doc.model, scope, own.side, own.name, isEndOf(wire, own.end), end));
}

const isEndOf = (wire: Wire, inner: Target) => (end: Target): boolean =>
  end.node === inner.node && (end.port === inner.port || wire.end === formatTarget(end) || end.port === wire.port);

/** Switches a wire off or on. */
export function toggleWireOperations(canvas: CanvasController, wire: Wire): Operation[] {
  const { scope } = canvas.doc.state;
  const own = ownEnd(canvas, wire);
  if (own) {
    const [disabled, isEnd] = [!wire.disabled, (end: Target) => end.node === own.end.node];
    const subflow = canvas.doc.model.subflows[scope];
    const ends = subflow?.[own.side][own.name]?.map((end) => (isEnd(end) ? { ...end, disabled } : end)) ?? [];
    return subflow ? operationsBetween(canvas.doc.model, { ...canvas.doc.model, subflows: { ...canvas.doc.model.subflows, [scope]: { ...subflow, [own.side]: { ...subflow[own.side], [own.name]: ends } } } }) : [];
  }
  const outputs = canvas.scene.nodes.get(wire.from)?.ports.outputs ?? [];
  return [{ op: "change_wire", node: addressOf(scope, wire.from), to: wire.end, ...portArguments(wire.port, outputs), disabled: !wire.disabled }];
}

export const wireById = (canvas: CanvasController, id: string | null): Wire | undefined => canvas.scene.wires.find((wire) => wire.id === id);
