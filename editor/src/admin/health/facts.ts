/** What a service tells of itself besides its state, in one line. */
import type { ServiceHealth } from "../../platform/api/types";

export function factsText(service: ServiceHealth): string {
  return Object.entries(service)
    .filter(([name, value]) => name !== "status" && name !== "problem" && value !== null && typeof value !== "object")
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${String(value)}`)
    .join(" · ");
}
