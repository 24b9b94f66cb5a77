/** The closed subset of JSON Schema that nodes use for their fields, and how a schema is read. */
import type { Json } from "../../platform/api/json";

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  title?: string;
  description?: string;
  default?: Json;
  const?: Json;
  enum?: Json[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema | boolean;
  prefixItems?: Schema[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  examples?: Json[];
  "x-unit"?: string;
  "x-zh"?: { title: string; description: string };
  /** The titles of the choices, in the order of the menu. */
  "x-choices"?: Record<string, { zh: string; en: string }>;
  "x-widget"?: string;
  "x-secret"?: boolean;
  [key: `x-${string}`]: Json | undefined;
}

/** `schema` with its `$ref` followed; own annotations beside the reference win. */
export function resolveReference(schema: Schema, root: Schema): Schema {
  let found = schema;
  for (let depth = 0; found.$ref !== undefined && depth < 8; depth += 1) {
    const { $ref, ...own } = found;
    const target = root.$defs?.[$ref.replace("#/$defs/", "")];
    if (!target) return own;
    found = { ...target, ...own };
  }
  return found;
}
