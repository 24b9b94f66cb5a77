/** The control for a value of a schema. */
import { type Kind, kindOf, parseReference, withoutNull } from "../../../model/schema/form";
import type { Json } from "../../../platform/api/json";
import { lazyComponent } from "../../../platform/kit/lazyComponent";
import { ChoiceControl } from "./ChoiceControl";
import type { ControlProps } from "./control";
import { useForm } from "./formContext";
import { JsonControl } from "./JsonControl";
import { ListControl } from "./ListControl";
import { MapControl } from "./MapControl";
import { NumberControl } from "./NumberControl";
import { ObjectFields } from "./ObjectFields";
import { SecretControl } from "./SecretControl";
import { SwitchControl } from "./SwitchControl";
import { TextControl } from "./TextControl";
import { UnionControl } from "./UnionControl";

const ExpressionControl = lazyComponent(async () => (await import("./ExpressionControl")).default, TextControl);

export function Control({ as, ...given }: ControlProps & { as?: Kind }) {
  const { root } = useForm();
  const { schema } = withoutNull(given.schema, root);
  const props = { ...given, schema };
  const kind = as ?? kindOf(schema, root);
  // A reference may stand in place of any value; it is a text then, whatever the field takes.
  if (kind !== "string" && kind !== "expression" && kind !== "secret" && parseReference(given.value)) return <TextControl {...props} />;
  switch (kind) {
    case "string": return <TextControl {...props} />;
    case "expression": return <ExpressionControl {...props} />;
    case "secret": return <SecretControl {...props} />;
    case "number": return <NumberControl {...props} integer={false} />;
    case "integer": return <NumberControl {...props} integer />;
    case "boolean": return <SwitchControl {...props} />;
    case "enum": return <ChoiceControl {...props} />;
    case "list": return <ListControl {...props} />;
    case "map": return <MapControl {...props} />;
    case "object": return <div className="nested" data-field={props.path}><ObjectFields schema={schema} path={props.path} value={objectIn(props.value)} onChange={props.onChange} /></div>;
    case "union": return <UnionControl {...props} />;
    default: return as === "any" || schema.type === "object" || schema.type === "array" ? <JsonControl {...props} /> : <UnionControl {...props} />;
  }
}

const objectIn = (value: Json | undefined): Record<string, Json> => (typeof value === "object" && value !== null && !Array.isArray(value) ? value : {});
