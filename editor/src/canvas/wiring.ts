/** From a wire being drawn to operations, and the words of a refusal. */
import { edit, sheet, useDocument } from "../editing/document";
import { refusal, type Refusal } from "../flow/connect";
import type { Operation } from "../flow/operations";
import { endAt, portArguments } from "../flow/ports";
import { addressOf } from "../flow/sheet";
import type { Wire } from "../flow/wires";
import { say } from "../i18n";
import { toast } from "../kit/toasts";
import { useCanvas } from "./view";

export interface Ends {
  from: string;
  port: string;
  to: string;
  input: string;
}

export function refusalOf({ from, port, to, input }: Ends): Refusal | null {
  const { scene } = useCanvas.getState();
  const near = scene.nodes.get(from)?.ports.outputs.find((candidate) => candidate.name === port) ?? { name: port };
  const far = scene.nodes.get(to)?.ports.inputs.find((candidate) => candidate.name === input) ?? { name: input };
  const wired = scene.wires.some((wire) => wire.from === from && wire.port === port && wire.to === to && wire.input === input);
  return refusal(near, far, { self: from === to && !loops(to), wired });
}

/** A node that hands on later may feed itself. */
const loops = (id: string): boolean => useDocument.getState().catalogue.get(sheet().nodes[id]?.type ?? "")?.buffers === true;

export function refusalWords(why: Refusal): string {
  if (why.why === "payload" || why.why === "unit") return say(`canvas.refused.${why.why}`, { gives: why.gives, takes: why.takes });
  return say(`canvas.refused.${why.why}`);
}

export function wireOperation({ from, port, to, input }: Ends): Operation {
  const { scene } = useCanvas.getState();
  const { scope } = useDocument.getState();
  const inputs = scene.nodes.get(to)?.ports.inputs ?? [];
  return { op: "add_wire", node: addressOf(scope, from), to: endAt(to, input, inputs), ...portArguments(port, scene.nodes.get(from)?.ports.outputs ?? []) };
}

/** Joins two ports, or says why it does not. */
export function join(ends: Ends): boolean {
  const why = refusalOf(ends);
  if (why) {
    toast("warning", refusalWords(why));
    return false;
  }
  edit(say("step.wire"), [wireOperation(ends)]);
  return true;
}

export function unwireOperation(wire: Wire): Operation {
  const outputs = useCanvas.getState().scene.nodes.get(wire.from)?.ports.outputs ?? [];
  return { op: "remove_wire", node: addressOf(useDocument.getState().scope, wire.from), to: wire.end, ...portArguments(wire.port, outputs) };
}

export const wireById = (id: string | null): Wire | undefined => useCanvas.getState().scene.wires.find((wire) => wire.id === id);

