/** A sample as it is typed: JSON where it reads as JSON, else the text itself. */
import type { Json } from "../../platform/api/json";

export const formatPayload = (value: Json | undefined): string => (value === undefined ? "" : typeof value === "string" && !readsAsJson(value) ? value : JSON.stringify(value, null, 1));

export function parsePayload(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function readsAsJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
