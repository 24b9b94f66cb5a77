/** What is marked on the canvas besides the flow itself: selection, problems, changes, the way of a trace. */
import { useMemo } from "react";
import { draftIn, modelIn, useDocument } from "../editing/document";
import { nodesByAddress } from "../../model/flow/diff";
import { partsOf } from "../../model/flow/sheet";
import { useTraced } from "../editing/tracedPath";
import type { Marks } from "./reactFlowElements";
import { same } from "../../platform/api/json";

export function useMarks(): Marks {
  const selected = useDocument((state) => state.selected);
  const wire = useDocument((state) => state.wire);
  const scope = useDocument((state) => state.scope);
  const problems = useDocument((state) => state.problems);
  const model = useDocument((state) => (draftIn(state) ? modelIn(state) : null));
  const base = useDocument((state) => state.view?.flow ?? null);
  const traced = useTraced((state) => state.nodes);

  const troubled = useMemo(() => {
    const found = new Map<string, "error" | "warning">();
    for (const { node, severity } of problems) {
      const { scope: where, name } = partsOf(node);
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
      const { scope: where, name } = partsOf(address);
      const was = before.get(address);
      if (where === scope && was !== node && !(was && same(was, node))) found.add(name);
    }
    return found;
  }, [model, base, scope]);

  return useMemo(() => {
    const way = new Set(traced);
    return { selected, wire, problems: troubled, changed, traced: way };
  }, [selected, wire, troubled, changed, traced]);
}
