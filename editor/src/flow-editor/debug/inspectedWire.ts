/** The wire, or the first output of the node, that is selected: as it runs. */
import { outputName, portsOf } from "../../model/flow/ports";
import { runningIds } from "../../model/flow/runtimeIds";
import { addressOf } from "../../model/flow/sheet";
import { useDocument } from "../editing/context";
import { type DocumentState, modelIn, selectedNodesIn, sheetIn } from "../editing/FlowDocument";

export interface InspectedWire {
  /** The address in the file. */
  address: string;
  node: string;
  port: string;
}

/** `FROM.PORT>TO.PORT`; ids hold no dots. */
export function endOfWire(wire: string): { node: string; port: string } | null {
  const from = wire.split(">")[0] ?? "";
  const dot = from.indexOf(".");
  return dot < 0 ? null : { node: from.slice(0, dot), port: from.slice(dot + 1) };
}

export function inspectedWire(state: DocumentState): InspectedWire | null {
  const model = modelIn(state);
  const end = state.wire ? endOfWire(state.wire) : null;
  const id = end?.node ?? (state.selected.size === 1 ? selectedNodesIn(state)[0] : undefined);
  const node = id !== undefined ? sheetIn(state).nodes[id] : undefined;
  if (!node) return null;
  const ports = portsOf(node, model, state.catalogue, state.ports);
  const address = addressOf(state.scope, node.id);
  const running = runningIds(model, address)[0];
  if (running === undefined || (!end && ports.outputs.length === 0)) return null;
  return { address, node: running, port: end?.port ?? outputName("", ports.outputs) };
}

export const useInspectedWire = (): InspectedWire | null => {
  const text = useDocument((state) => {
    const looked = inspectedWire(state);
    return looked ? JSON.stringify(looked) : "";
  });
  return text ? (JSON.parse(text) as InspectedWire) : null;
};
