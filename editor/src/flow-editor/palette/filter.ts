/** Which node types a few typed letters mean, best first: Chinese, pinyin initials and English all count. */
import { incompatibility } from "../../model/flow/connect";
import type { NodeType, PortType } from "../../model/flow/server";
import type { LocalizedText } from "../../platform/i18n/words";
import { initials } from "../../platform/kit/pinyin";

const texts = (words: LocalizedText): string[] => (typeof words === "string" ? [words] : [words.zh ?? "", words.en ?? ""]);

/** How well a type answers to `typed`, 0 for not at all. */
export function score(type: NodeType, typed: string): number {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return 1;
  const [zh = "", en = ""] = typeof type.title === "string" ? ["", type.title] : [type.title.zh ?? "", type.title.en ?? ""];
  const names = [type.type, zh.toLowerCase(), en.toLowerCase(), initials(zh)];
  if (names.includes(wanted)) return 100;
  if (names.some((name) => name.startsWith(wanted))) return 80;
  const words = `${type.type} ${en}`.toLowerCase().split(/[\s-]+/);
  if (words.some((word) => word.startsWith(wanted))) return 60;
  if (words.map((word) => word[0]).join("").startsWith(wanted)) return 50;
  if (names.some((name) => name.includes(wanted))) return 40;
  return wanted.length > 1 && texts(type.help).some((text) => text.toLowerCase().includes(wanted)) ? 10 : 0;
}

export function matchingTypes(types: Iterable<NodeType>, typed: string, fits: (type: NodeType) => boolean = () => true): NodeType[] {
  return [...types]
    .map((type) => ({ type, points: fits(type) ? score(type, typed) : 0 }))
    .filter(({ points }) => points > 0)
    .sort((one, other) => other.points - one.points || one.type.type.localeCompare(other.type.type))
    .map(({ type }) => type);
}

/** Whether a node of this type can stand at the other end of a wire from (or to) this port. */
export function acceptsWire(type: NodeType, port: PortType, side: "in" | "out"): boolean {
  if (type.broken) return false;
  return side === "out" ? type.inputs.some((input) => !incompatibility(port, input)) : type.outputs.some((output) => !incompatibility(output, port));
}
