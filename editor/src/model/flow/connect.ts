/** Whether a wire may join two ports, and why not. */
import type { Kind, PortType } from "./server";

export type Incompatibility =
  | { why: "self" }
  | { why: "twice" }
  | { why: "payload"; gives: string; takes: string }
  | { why: "unit"; gives: string; takes: string };

export function incompatibility(output: PortType, input: PortType): Incompatibility | null {
  if (!compatible(output.kinds ?? [], input.kinds ?? [])) return { why: "payload", gives: output.payload ?? "", takes: input.payload ?? "" };
  if (output.unit && input.unit && normalizedUnit(output.unit) !== normalizedUnit(input.unit)) return { why: "unit", gives: output.unit, takes: input.unit };
  return null;
}

/** Two spellings of one unit: people type both, and Unicode has two letters for micro. */
const normalizedUnit = (unit: string): string => unit.replaceAll(" ", "").replaceAll("μ", "µ").replaceAll("㎎", "mg").replaceAll("㎥", "m³");

/** No kinds are anything; of alternatives one that fits is enough; what a container holds has to fit, too. As the server has it. */
function compatible(gives: readonly Kind[], takes: readonly Kind[]): boolean {
  if (gives.length === 0 || takes.length === 0) return true;
  return gives.some((ours) => takes.some((theirs) =>
    ours.above.includes(theirs.above[0] ?? "") && (ours.of.length !== theirs.of.length || ours.of.every((part, index) => compatible(part, theirs.of[index] ?? [])))));
}
