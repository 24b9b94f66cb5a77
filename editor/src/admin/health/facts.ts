/** What a service tells of itself besides its state, in one line. */
import type { ServiceHealth } from "../../platform/api/types";

export function factsText(service: ServiceHealth): string {
  return Object.entries(service)
    .filter(([name, value]) => name !== "status" && name !== "problem" && value !== null)
    .flatMap(([name, value]) => (typeof value === "object" ? lists(value as object) : [`${name.replaceAll("_", " ")}: ${String(value)}`]))
    .join(" · ");
}

/** Of a fact that is lists by name, such as the flows of each process. */
function lists(value: object): string[] {
  return Object.entries(value).filter(([, list]) => Array.isArray(list)).map(([name, list]) => `${name}: ${(list as unknown[]).join(", ") || "–"}`);
}
