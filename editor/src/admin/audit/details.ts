/** The details of an entry in one line: what is empty is left out. */
import type { Json } from "../../platform/api/json";
import { declaredTitle } from "../../platform/i18n";

const LONGEST = 160;

export function detailsText(details: Record<string, Json>): string {
  const text = Object.entries(details)
    .filter(([, value]) => value !== null && value !== "" && value !== false)
    .map(([name, value]) => `${declaredTitle("detail", name)}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(" · ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
