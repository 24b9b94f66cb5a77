/** What the server tells apart, changed and rewired nodes, is one change to a person. */
import type { FlowDiff } from "../../platform/api/generated";
import type { ShownDiff } from "./DiffList";

export function shownDiff({ added, removed, changed, rewired, flow }: FlowDiff): ShownDiff {
  const all: ShownDiff["changed"] = { ...changed };
  for (const [address, changes] of Object.entries(rewired)) all[address] = [...(all[address] ?? []), ...changes];
  return { added, removed, changed: all, flow };
}
