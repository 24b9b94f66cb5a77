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
import { translate } from "../../platform/i18n";
import { toast } from "../../platform/kit/toasts";
import { useCanvas } from "../editing/canvasState";
import { edit, model, sheet, useDocument } from "../editing/document";

export interface WireEnds {
  from: string;
  port: string;
  to: string;
  input: string;
}

export function incompatibilityOf({ from, port, to, input }: WireEnds): Incompatibility | null {
  const { scene } = useCanvas.getState();
  const wired = scene.wires.some((wire) => wire.from === from && wire.port === port && wire.to === to && wire.input === input);
  if (from === to && !loops(to)) return { why: "self" };
  return wired ? { why: "twice" } : scene.typeFlow().incompatibility(from, port, to, input);
}

/** A node that hands on later may feed itself. */
const loops = (id: string): boolean => useDocument.getState().catalogue.get(sheet().nodes[id]?.type ?? "")?.buffers === true;

export function incompatibilityText(why: Incompatibility): string {
  if (why.why === "payload" || why.why === "unit") return translate(`canvas.refused.${why.why}`, { gives: why.gives, takes: why.takes });
  return translate(`canvas.refused.${why.why}`);
}

/** What joins two ports. A wire to a port of the open subflow itself is part of the subflow, so its operations come first in an edit. */
export function wireOperations(ends: WireEnds): Operation[] {
  const { from, port, to, input } = ends;
  const { scene } = useCanvas.getState();
  const { scope } = useDocument.getState();
  const own = ownEnd(ends);
  if (own) return operationsBetween(model(), connectPort(model(), scope, own.side, own.name, own.end));
  const inputs = scene.nodes.get(to)?.ports.inputs ?? [];
  return [{ op: "add_wire", node: addressOf(scope, from), to: endAt(to, input, inputs), ...portArguments(port, scene.nodes.get(from)?.ports.outputs ?? []) }];
}

/** The port of the open subflow that a wire begins or ends at, and its inner end. */
function ownEnd({ from, port, to, input }: WireEnds): { side: Side; name: string; end: Target } | null {
  const { nodes } = useCanvas.getState().scene;
  const source = subflowPortOf(from);
  if (source) return { ...source, end: parseTarget(endAt(to, input, nodes.get(to)?.ports.inputs ?? [])) };
  const sink = subflowPortOf(to);
  if (!sink) return null;
  const outputs = nodes.get(from)?.ports.outputs ?? [];
  return { ...sink, end: { node: from, port: port === outputs[0]?.name ? "" : port, disabled: false } };
}

/** Joins two ports, or says why it does not. */
export function connect(ends: WireEnds): boolean {
  const why = incompatibilityOf(ends);
  if (why) {
    toast("warning", incompatibilityText(why));
    return false;
  }
  edit(translate("step.wire"), wireOperations(ends));
  return true;
}

export function disconnectOperations(wire: Wire): Operation[] {
  const { scope } = useDocument.getState();
  const outputs = useCanvas.getState().scene.nodes.get(wire.from)?.ports.outputs ?? [];
  const own = ownEnd(wire);
  if (own) {
    return operationsBetween(model(), disconnectPort(model(), scope, own.side, own.name, isEndOf(wire, own.end)));
  }
  return [{ op: "remove_wire", node: addressOf(scope, wire.from), to: wire.end, ...portArguments(wire.port, outputs) }];
}

/** What leads a wire of the open subflow's own port to `end` instead; null for a wire between two nodes. */
export function reconnectOperations(wire: Wire, end: Target): Operation[] | null {
  const { scope } = useDocument.getState();
  const own = ownEnd(wire);
  return own && operationsBetween(model(), reconnectPort(model(), scope, own.side, own.name, isEndOf(wire, own.end), end));
}

const isEndOf = (wire: Wire, inner: Target) => (end: Target): boolean =>
  end.node === inner.node && (end.port === inner.port || wire.end === formatTarget(end) || end.port === wire.port);

/** Switches a wire off or on. */
export function toggleWireOperations(wire: Wire): Operation[] {
  const { scope } = useDocument.getState();
  const own = ownEnd(wire);
  if (own) {
    const [disabled, isEnd] = [!wire.disabled, (end: Target) => end.node === own.end.node];
    const subflow = model().subflows[scope];
    const ends = subflow?.[own.side][own.name]?.map((end) => (isEnd(end) ? { ...end, disabled } : end)) ?? [];
    return subflow ? operationsBetween(model(), { ...model(), subflows: { ...model().subflows, [scope]: { ...subflow, [own.side]: { ...subflow[own.side], [own.name]: ends } } } }) : [];
  }
  const outputs = useCanvas.getState().scene.nodes.get(wire.from)?.ports.outputs ?? [];
  return [{ op: "change_wire", node: addressOf(scope, wire.from), to: wire.end, ...portArguments(wire.port, outputs), disabled: !wire.disabled }];
}

export const wireById = (id: string | null): Wire | undefined => useCanvas.getState().scene.wires.find((wire) => wire.id === id);
