/** How a field of the closed schema subset is shown and changed: pure, so that it is tested without a browser. */
import { type Json, sameJson } from "../../platform/api/json";
import { resolveReference, type Schema } from "./schema";

export type Kind = "string" | "number" | "integer" | "boolean" | "enum" | "list" | "object" | "map" | "union" | "any" | "expression" | "secret";

export interface FieldSpec {
  name: string;
  schema: Schema;
  required: boolean;
}

/** The schema without its null: an empty field says the same. */
export function withoutNull(schema: Schema, root: Schema): { schema: Schema; nullable: boolean } {
  const parts = schema.anyOf ?? schema.oneOf;
  if (!parts) return { schema, nullable: false };
  const left = parts.filter((part) => resolveReference(part, root).type !== "null");
  const nullable = left.length < parts.length;
  const { anyOf: _any, oneOf: _one, ...own } = schema;
  if (left.length === 1 && left[0]) return { schema: { ...resolveReference(left[0], root), ...own }, nullable };
  return { schema: { ...own, anyOf: left }, nullable };
}

export function kindOf(given: Schema, root: Schema): Kind {
  const { schema } = withoutNull(resolveReference(given, root), root);
  if (schema["x-widget"] === "expression") return "expression";
  if (schema["x-secret"]) return "secret";
  if (schema.enum || schema.const !== undefined) return "enum";
  if (schema.anyOf) return schema.anyOf.every((part) => resolveReference(part, root).enum) ? "enum" : "union";
  const type = Array.isArray(schema.type) ? (schema.type.length === 1 ? schema.type[0] : undefined) : schema.type;
  switch (type) {
    case "string": case "number": case "integer": case "boolean": return type;
    case "array": return schema.prefixItems ? "any" : "list";
    case "object": return schema.properties && Object.keys(schema.properties).length ? "object" : typeof schema.additionalProperties === "object" ? "map" : "any";
    default: return "any";
  }
}

export function fieldsOf(given: Schema, root: Schema): FieldSpec[] {
  const schema = resolveReference(given, root);
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({ name, schema: resolveReference(field, root), required: required.has(name) }));
}

/** The alternatives of a union, each with the schema that edits it. */
export function alternativesOf(given: Schema, root: Schema): { kind: Kind; schema: Schema }[] {
  const { schema } = withoutNull(resolveReference(given, root), root);
  if (schema.anyOf) return schema.anyOf.map((part) => ({ kind: kindOf(part, root), schema: resolveReference(part, root) }));
  return anyKinds;
}

/** What a field that takes any JSON offers. */
const anyKinds: { kind: Kind; schema: Schema }[] = [
  { kind: "string", schema: { type: "string" } },
  { kind: "number", schema: { type: "number" } },
  { kind: "boolean", schema: { type: "boolean" } },
  { kind: "any", schema: {} },
];

/** Which alternative a value is; the first that could hold it. */
export function alternativeOf(value: Json | undefined, alternatives: { kind: Kind }[]): number {
  const found = alternatives.findIndex(({ kind }) => holds(kind, value));
  return found < 0 ? Math.max(0, alternatives.findIndex(({ kind }) => kind === "any")) : found;
}

function holds(kind: Kind, value: Json | undefined): boolean {
  switch (kind) {
    case "string": case "expression": case "secret": return typeof value === "string";
    case "enum": return typeof value === "string" || typeof value === "number";
    case "number": return typeof value === "number";
    case "integer": return typeof value === "number" && Number.isInteger(value);
    case "boolean": return typeof value === "boolean";
    case "list": return Array.isArray(value);
    case "object": case "map": return typeof value === "object" && value !== null && !Array.isArray(value);
    default: return false;
  }
}

/** What a new value of that kind begins with. */
export function blankValue(given: Schema, root: Schema): Json {
  const schema = resolveReference(given, root);
  if (schema.default !== undefined) return schema.default;
  switch (kindOf(schema, root)) {
    case "number": case "integer": return schema.minimum !== undefined && schema.minimum > 0 ? schema.minimum : 0;
    case "boolean": return false;
    case "enum": return choicesOf(schema, root)[0] ?? "";
    case "list": return [];
    case "map": return {};
    case "object": return Object.fromEntries(fieldsOf(schema, root).filter((field) => field.required).map((field) => [field.name, blankValue(field.schema, root)]));
    case "union": return blankValue(alternativesOf(schema, root)[0]?.schema ?? {}, root);
    default: return "";
  }
}

export function choicesOf(given: Schema, root: Schema): Json[] {
  const { schema } = withoutNull(resolveReference(given, root), root);
  if (schema.const !== undefined) return [schema.const];
  const choices = schema.enum ?? (schema.anyOf ?? []).flatMap((part) => resolveReference(part, root).enum ?? []);
  const order = Object.keys(schema["x-choices"] ?? {});
  return order.length ? choices.toSorted((one, other) => order.indexOf(String(one)) - order.indexOf(String(other))) : choices;
}

/** A number as a person types it: comma or point, spaces round it; null when it is none. */
export function parseNumber(text: string, integer: boolean): number | null {
  const plain = text.trim().replace(/^\+/, "").replace(",", ".");
  if (!/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) && (!integer || Number.isSafeInteger(value)) ? value : null;
}

const REFERENCE = /^\$\{([a-z]+):([^${}]+)\}$/;

/** `${kind:name}` when a text is nothing but that. */
export function parseReference(value: Json | undefined): { kind: string; name: string } | null {
  const match = typeof value === "string" ? REFERENCE.exec(value) : null;
  return match ? { kind: match[1] ?? "", name: (match[2] ?? "").trim() } : null;
}

/** Whether a field says something other than its default. */
export const isChanged = (value: Json | undefined, schema: Schema): boolean =>
  value !== undefined && !sameJson(value, schema.default ?? null) && !(schema.default === undefined && value === "");

/** A value in a line, for placeholders and tooltips. */
export function abbreviated(value: unknown, most = 60): string {
  if (value === undefined || value === "") return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** Fields of a node with one of them set: `undefined` takes it out. */
export function withField(fields: Record<string, Json>, name: string, value: Json | undefined): { set?: Record<string, Json>; unset?: string[] } {
  return value === undefined ? (name in fields ? { unset: [name] } : {}) : { set: { [name]: value } };
}

/** An object with one field set, or left out where it is `undefined`. */
export function objectWith(object: Record<string, Json>, name: string, value: Json | undefined): Record<string, Json> {
  if (value !== undefined) return { ...object, [name]: value };
  const { [name]: _gone, ...rest } = object;
  return rest;
}

export function withMoved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(to, 0, item);
  return next;
}

/** Problems of one field: those at it or below it. The server writes `with.rules[0].op` or `with.rules.0.op`. */
export function problemAt<P extends { field: string }>(problems: readonly P[], path: string): P | undefined {
  const plain = (field: string): string => field.replace(/\[(\d+)\]/g, ".$1");
  return problems.find(({ field }) => plain(field) === path) ?? problems.find(({ field }) => plain(field).startsWith(`${path}.`));
}
