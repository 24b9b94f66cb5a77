/** The ends of wires: from the spelling of a flow file to targets and back. */
import type { WireSpelling } from "./operations";
import type { Target } from "./types";

export const formatTarget = (target: Target): string => (target.port ? `${target.node}.${target.port}` : target.node);

export function parseTarget(end: string, disabled = false): Target {
  const dot = end.indexOf(".");
  return { node: dot < 0 ? end : end.slice(0, dot), port: dot < 0 ? "" : end.slice(dot + 1), disabled };
}

export function parseTargets(spelled: WireSpelling | undefined): Record<string, Target[]> {
  if (spelled === null || spelled === undefined) return {};
  if (typeof spelled === "object" && !Array.isArray(spelled) && !("node" in spelled && typeof spelled["node"] === "string")) {
    const ports = Object.entries(spelled).map(([port, ends]): [string, Target[]] => [port, listOf(ends as WireSpelling)]);
    return Object.fromEntries(ports.filter(([, targets]) => targets.length > 0));
  }
  const ends = listOf(spelled);
  return ends.length ? { "": ends } : {};
}

function listOf(ends: WireSpelling): Target[] {
  if (ends === null) return [];
  const list = Array.isArray(ends) ? ends : [ends];
  return list.map((end) => (typeof end === "string" ? parseTarget(end) : parseTarget(end["node"] as string, Boolean(end["disabled"]))));
}

/** Wires in the shortest spelling that says the same. */
export function formatWires(to: Record<string, Target[]>): WireSpelling {
  const ports = Object.entries(to).filter(([, targets]) => targets.length > 0);
  if (ports.length === 0) return null;
  const ends = (targets: Target[]) => {
    const list = targets.map((target) => (target.disabled ? { node: formatTarget(target), disabled: true } : formatTarget(target)));
    return list.length === 1 && typeof list[0] === "string" ? list[0] : list;
  };
  const [first] = ports;
  if (ports.length === 1 && first && first[0] === "") return ends(first[1]);
  return Object.fromEntries(ports.map(([port, targets]) => [port, ends(targets)]));
}
