/** Nodes in the order in which messages reach them: for Tab, and for places that nobody chose. */
import type { Sheet } from "./types";

/** How many wires lie before each node at most; on a loop the way back does not count. */
export function ranksOf(sheet: Sheet): Map<string, number> {
  const ranks = new Map<string, number>();
  const open = new Set<string>();
  const before = new Map<string, string[]>();
  for (const node of Object.values(sheet.nodes)) {
    for (const target of Object.values(node.to).flat()) before.set(target.node, [...(before.get(target.node) ?? []), node.id]);
  }
  const visit = (start: string): void => {
    // A stack of our own: a chain of a thousand nodes would be deep for recursion.
    const stack = [start];
    while (stack.length) {
      const id = stack.at(-1) as string;
      if (ranks.has(id)) { stack.pop(); continue; }
      open.add(id);
      const waiting = (before.get(id) ?? []).filter((other) => !ranks.has(other) && !open.has(other));
      if (waiting.length) { stack.push(...waiting); continue; }
      const known = (before.get(id) ?? []).map((other) => (ranks.get(other) ?? -1) + 1);
      ranks.set(id, Math.max(0, ...known));
      open.delete(id);
      stack.pop();
    }
  };
  for (const id of Object.keys(sheet.nodes)) visit(id);
  return ranks;
}

export function flowOrder(sheet: Sheet, ranks = ranksOf(sheet)): string[] {
  const height = (id: string) => sheet.layout[id]?.[1] ?? 0;
  return Object.keys(sheet.nodes).sort((one, other) => (ranks.get(one) ?? 0) - (ranks.get(other) ?? 0) || height(one) - height(other));
}
