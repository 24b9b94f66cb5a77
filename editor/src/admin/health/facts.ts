/** What a service tells of itself besides its state, in one line. */
import type { ServiceHealth } from "../../platform/api/types";
import { declaredTitle, translate } from "../../platform/i18n";
import { formatBytes } from "../../platform/kit/byteSize";
import { dateTime } from "../../platform/kit/time";

export function factsText(service: ServiceHealth): string {
  return Object.entries(service)
    .filter(([name, value]) => name !== "status" && name !== "problem" && value !== null)
    .flatMap(([name, value]) => (typeof value === "object" ? lists(value as object) : [`${declaredTitle("fact", name)} ${valueText(name, value)}`]))
    .join(" · ");
}

/** Of a fact that is lists by name, such as the flows of each process. */
function lists(value: object): string[] {
  return Object.entries(value).filter(([, list]) => Array.isArray(list)).map(([name, list]) => `${name}: ${(list as unknown[]).join(", ") || "–"}`);
}

function valueText(name: string, value: unknown): string {
  if (typeof value === "boolean") return translate(value ? "health.yes" : "health.no");
  if (typeof value === "number") return name.endsWith("_bytes") ? formatBytes(value) : name.endsWith("_at") ? dateTime(value) : String(value);
  const title = declaredTitle("fact", `${name}.${String(value)}`);
  return title === `${name}.${String(value)}` ? String(value) : title;
}
