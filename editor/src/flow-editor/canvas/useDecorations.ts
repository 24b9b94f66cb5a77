/** What is marked on the canvas besides the flow itself: selection, problems, changes, the way of a trace. */
import { useMemo } from "react";
import { nodesByAddress, splitAddress } from "../../model/flow/sheet";
import { sameJson } from "../../platform/api/json";
import { useDocument } from "../editing/context";
import { draftIn, modelIn } from "../editing/FlowDocument";
import { useCanvas } from "./CanvasController";
import type { Decorations } from "./reactFlowElements";

export function useDecorations(): Decorations {
  const selected = useDocument((state) => state.selected);
  const wire = useDocument((state) => state.wire);
  const scope = useDocument((state) => state.scope);
  const problems = useDocument((state) => state.problems);
  const model = useDocument((state) => (draftIn(state) ? modelIn(state) : null));
  const base = useDocument((state) => state.view?.flow ?? null);
  const traced = useCanvas((state) => state.traced);

  const troubled = useMemo(() => {
    const found = new Map<string, "error" | "warning">();
    for (const { node, severity } of problems) {
      const { scope: where, name } = splitAddress(node);
      // Seen from outside, trouble inside a subflow is trouble of the nodes that use it.
      const users = where && !scope ? Object.values(model?.nodes ?? {}).filter(({ type }) => type === `subflow/${where}`).map(({ id }) => id) : [];
      for (const id of where === scope ? [name] : users) if (found.get(id) !== "error") found.set(id, severity);
    }
    return found;
  }, [problems, scope, model]);

  const changed = useMemo(() => {
    const found = new Set<string>();
    if (!model || !base) return found;
    const before = nodesByAddress(base);
    for (const [address, node] of nodesByAddress(model)) {
      const { scope: where, name } = splitAddress(address);
      const was = before.get(address);
      if (where === scope && was !== node && !(was && sameJson(was, node))) found.add(name);
    }
    return found;
  }, [model, base, scope]);

  return useMemo(() => ({ selected, wire, problems: troubled, changed, traced }), [selected, wire, troubled, changed, traced]);
}
