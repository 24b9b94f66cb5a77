/** The settings of a node, made from the schema of its type. One visit to a field is one step back. */
import { useMemo, useRef } from "react";
import type { NodeSpec, Sheet } from "../../model/flow/types";
import { fieldsOf, withField } from "../../model/schema/form";
import type { Schema } from "../../model/schema/schema";
import { titleOf } from "../../model/schema/titles";
import type { Json } from "../../platform/api/json";
import type { Problem } from "../../platform/api/types";
import { translate, useWords } from "../../platform/i18n";
import { useAllowed } from "../../platform/session/session";
import { useFlowDocument } from "../editing/context";
import { incomingWire } from "../editing/upstream";
import { Form, type FormContext } from "./fields/formContext";
import { SchemaField } from "./fields/SchemaField";

interface Props {
  node: NodeSpec;
  address: string;
  sheet: Sheet;
  schema: Schema;
  problems: Problem[];
}

export function NodeForm({ node, address, sheet, schema, problems }: Props) {
  const doc = useFlowDocument();
  const { t, language } = useWords();
  const readOnly = !useAllowed("admin");
  const visit = useRef(0);
  const wire = incomingWire(sheet, node.id);
  const parameters = typeof node.with_["parameters"] === "string" ? node.with_["parameters"] : "device";
  const context = useMemo<FormContext>(() => ({ root: schema, problems, readOnly, wire, parameters }), [schema, problems, readOnly, wire?.node, wire?.port, parameters]);
  const change = (name: string, value: Json | undefined): void => {
    const with_ = withField(node.with_, name, value);
    if (with_.set || with_.unset) doc.edit(translate("edit.field", { node: node.id, field: titleOf(name, schema.properties?.[name] ?? {}, language) }), [{ op: "change_node", id: address, ...with_ }], `${address}:${name}:${visit.current}`);
  };
  const fields = fieldsOf(schema, schema);
  return (
    <Form value={context}>
      <div className="fields" data-field="with" onFocus={() => { visit.current += 1; }}>
        {fields.map((field) => (
          <SchemaField key={field.name} name={field.name} schema={field.schema} required={field.required} path={`with.${field.name}`} value={node.with_[field.name]}
            onChange={(value) => change(field.name, value)} />
        ))}
        {fields.length === 0 && <p className="inspector-none">{t("inspector.no-fields")}</p>}
        {Object.keys(node.with_).filter((name) => !(name in (schema.properties ?? {}))).map((name) => (
          <SchemaField key={name} name={name} schema={{}} required={false} path={`with.${name}`} value={node.with_[name]} onChange={(value) => change(name, value)} />
        ))}
      </div>
    </Form>
  );
}
