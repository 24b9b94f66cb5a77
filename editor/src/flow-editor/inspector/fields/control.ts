/** What every control is given. */
import type { Schema } from "../../../model/schema/schema";
import type { Json } from "../../../platform/api/json";

export interface ControlProps {
  schema: Schema;
  value: Json | undefined;
  /** `undefined` takes the field out of the file, which is its default. */
  onChange: (value: Json | undefined) => void;
  /** Dotted place in the node, `with.rules.0.op`. */
  path: string;
  /** A control in a list or a map has no label element and brings its name here. */
  ids: { id: string; "aria-label"?: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined };
  label: string;
}
