/** The fields of an object under each other. A compact one (a rule) shows what is required or set, and the rest on demand. */
import { useState } from "react";
import { fieldsOf, objectWith } from "../../../model/schema/form";
import type { Schema } from "../../../model/schema/schema";
import type { Json } from "../../../platform/api/json";
import { useWords } from "../../../platform/i18n";
import { Button } from "../../../platform/kit/Button";
import { useForm } from "./formContext";
import { SchemaField } from "./SchemaField";

interface Props {
  schema: Schema;
  value: Record<string, Json>;
  path: string;
  compact?: boolean;
  onChange: (value: Record<string, Json>) => void;
}

export function ObjectFields({ schema, value, path, compact, onChange }: Props) {
  const { t } = useWords();
  const { root } = useForm();
  const [all, setAll] = useState(false);
  const fields = fieldsOf(schema, root);
  // Two fields make a row plain to read: what it asks, and with what.
  const shown = fields.filter(({ name, required }, index) => !compact || all || required || name in value || index < 2);
  return (
    <div className={compact ? "fields fields-compact" : "fields"}>
      {shown.map((field) => (
        <SchemaField key={field.name} name={field.name} schema={field.schema} required={field.required} path={`${path}.${field.name}`} value={value[field.name]}
          quiet={compact && !all} onChange={(next) => onChange(objectWith(value, field.name, next))} />
      ))}
      {shown.length < fields.length && <Button kind="quiet" icon="chevron-right" onClick={() => setAll(true)}>{t("inspector.more", { count: fields.length - shown.length })}</Button>}
      {compact && all && <Button kind="quiet" icon="chevron-down" onClick={() => setAll(false)}>{t("inspector.less")}</Button>}
    </div>
  );
}
