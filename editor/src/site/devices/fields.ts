/** The fields of a device: what kind each is, in which unit, and how its text becomes a value. */
import type { Device } from "../live/types";

export type FieldName = Exclude<keyof Device, "sn" | "revision">;
type Kind = "text" | "number" | "empty-or-number" | "direction" | "switch";

export const FIELDS: Record<FieldName, Kind> = {
  name: "text", gas: "text", unit: "text", location: "text", formula: "text",
  k: "empty-or-number", b: "empty-or-number", t_coef: "number", raw_low: "empty-or-number", raw_high: "empty-or-number",
  range_low: "number", range_high: "empty-or-number",
  a1: "empty-or-number", a1_direction: "direction", a1_deadband: "number", a1_delay_s: "number",
  a2: "empty-or-number", a2_direction: "direction", a2_deadband: "number", a2_delay_s: "number",
  plan_id: "empty-or-number", left_pct: "empty-or-number", top_pct: "empty-or-number", period_s: "number", enabled: "switch",
};

export type Value = string | number | boolean | null;
export type Draft = Record<FieldName, string>;

export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

export const asText = (value: unknown): string => (value === null || value === undefined ? "" : String(value));

export const draftOf = (device: Device): Draft => Object.fromEntries(FIELD_NAMES.map((name) => [name, asText(device[name])])) as Draft;

/** The value of a text. What is no number stays a text: the server then says so at its field. */
export function valueOf(name: FieldName, text: string): Value {
  const trimmed = text.trim();
  switch (FIELDS[name]) {
    case "switch": return text === "true";
    case "direction": return text;
    case "text": return name === "formula" && trimmed === "" ? null : trimmed;
    case "empty-or-number": return trimmed === "" ? null : numberOf(trimmed);
    case "number": return trimmed === "" ? 0 : numberOf(trimmed);
  }
}

function numberOf(text: string): number | string {
  const value = Number(text.replace("−", "-"));
  return Number.isFinite(value) && /\d/.test(text) && !/^[+-]?0x/i.test(text) ? value : text;
}

/** {field: value} of what the draft changes. */
export function changesOf(draft: Draft, base: Device): Partial<Record<FieldName, Value>> {
  return Object.fromEntries(FIELD_NAMES.map((name) => [name, valueOf(name, draft[name])] as const).filter(([name, value]) => value !== base[name]));
}

export interface FieldConflict {
  field: FieldName;
  base: Value;
  theirs: Value;
  mine: Value;
}

/** Fields that both have changed to different values since `base`; all others merge by themselves. */
export function conflictsOf(base: Device, theirs: Device, mine: Partial<Record<FieldName, Value>>): FieldConflict[] {
  return (Object.entries(mine) as [FieldName, Value][])
    .filter(([field, value]) => theirs[field] !== base[field] && theirs[field] !== value)
    .map(([field, value]) => ({ field, base: base[field], theirs: theirs[field], mine: value }));
}
