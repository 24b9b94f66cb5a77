/** Whether a wire may join two ports, and why not. */
import type { PortType } from "./server";

export type Incompatibility =
  | { why: "self" }
  | { why: "twice" }
  | { why: "payload"; gives: string; takes: string }
  | { why: "unit"; gives: string; takes: string };

const ANY = new Set(["", "any", "Any", "object"]);

export function incompatibility(output: PortType, input: PortType, more: { self?: boolean; wired?: boolean } = {}): Incompatibility | null {
  if (more.self) return { why: "self" };
  if (more.wired) return { why: "twice" };
  const gives = output.payload ?? "";
  const takes = input.payload ?? "";
  if (!ANY.has(gives) && !ANY.has(takes) && !compatible(gives, takes)) return { why: "payload", gives, takes };
  if (output.unit && input.unit && normalizedUnit(output.unit) !== normalizedUnit(input.unit)) return { why: "unit", gives: output.unit, takes: input.unit };
  return null;
}

/** Two spellings of one unit: people type both, and Unicode has two letters for micro. */
const normalizedUnit = (unit: string): string => unit.replaceAll(" ", "").replaceAll("μ", "µ").replaceAll("㎎", "mg").replaceAll("㎥", "m³");

/** A whole number goes where a number goes; of alternatives one that fits is enough. */
function compatible(gives: string, takes: string): boolean {
  const wanted = alternatives(takes);
  return alternatives(gives).some((kind) => wanted.includes(kind) || (kind === "int" && wanted.includes("float")));
}

const alternatives = (kind: string): string[] => kind.split("|").map((part) => part.trim());
