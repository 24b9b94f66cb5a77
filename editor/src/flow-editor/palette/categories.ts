/** The palette's categories in the order in which a flow is built. */
import type { NodeType } from "../../model/flow/server";
import { declaredTitle } from "../../platform/i18n";

const ORDER = ["input", "network", "gas", "logic", "filter", "shape", "calculate", "parse", "sequence", "time", "flow", "storage", "notify", "output", "subflow"];

export function byCategory(types: readonly NodeType[]): { category: string; types: NodeType[] }[] {
  const groups = new Map<string, NodeType[]>();
  for (const type of types) groups.set(type.category, [...(groups.get(type.category) ?? []), type]);
  const place = (category: string) => (ORDER.includes(category) ? ORDER.indexOf(category) : ORDER.length);
  return [...groups].map(([category, listed]) => ({ category, types: listed }))
    .sort((one, other) => place(one.category) - place(other.category) || one.category.localeCompare(other.category));
}

export const categoryTitle = (category: string): string => declaredTitle("category", category);
