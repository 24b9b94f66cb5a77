/** One field of a form: name, unit, default and the way back to it, control, help, and what is wrong. */
import { abbreviated, isChanged, kindOf, problemAt } from "../../../model/schema/form";
import type { Schema } from "../../../model/schema/schema";
import { choiceTitle, helpOf, titleOf } from "../../../model/schema/titles";
import type { Json } from "../../../platform/api/json";
import { useWords } from "../../../platform/i18n";
import { IconButton } from "../../../platform/kit/Button";
import { Field } from "../../../platform/kit/Field";
import { InlineMarkdown } from "../../../platform/kit/Markdown";
import { inOneLine } from "../../problems/inOneLine";
import { Control } from "./Control";
import { useForm } from "./formContext";

interface Props {
  name: string;
  schema: Schema;
  required: boolean;
  path: string;
  value: Json | undefined;
  /** Help only as a tooltip: in a row of many. */
  quiet?: boolean | undefined;
  onChange: (value: Json | undefined) => void;
}

export function SchemaField({ name, schema, required, path, value, quiet, onChange }: Props) {
  const { t, language } = useWords();
  const { root, problems, readOnly } = useForm();
  const problem = problemAt(problems, path);
  const title = titleOf(name, schema, language);
  const help = helpOf(schema, language);
  const grouped = ["list", "map", "object"].includes(kindOf(schema, root));
  const changed = isChanged(value, schema);
  const standard = schema.default === undefined || schema.default === null || schema.default === "" ? t("inspector.empty")
    : typeof schema.default === "boolean" ? t(schema.default ? "inspector.on" : "inspector.off")
    : abbreviated(choiceTitle(schema.default, schema, language), 24);
  const aside = !required && (changed ? (
    readOnly ? null : <IconButton icon="rotate-ccw" className="field-reset" label={t("inspector.reset", { field: title, value: standard })} onClick={() => onChange(undefined)} />
  ) : quiet ? null : <span className="field-default">{t("inspector.default", { value: standard })}</span>);
  return (
    <div className="schema-field" data-field={path} data-changed={(changed && !required) || undefined} title={quiet ? help.replaceAll("`", "") : undefined}>
      <Field label={title} name={name} unit={schema["x-unit"]} required={required} aside={aside} help={quiet || !help ? undefined : <InlineMarkdown text={help} />} problem={problem && inOneLine(problem)}>
        {(ids) => grouped
          ? <div id={ids.id}><Control schema={schema} value={value} path={path} label={title} onChange={onChange} ids={{ ...ids, id: `${ids.id}c` }} /></div>
          : <Control schema={schema} value={value} path={path} label={title} onChange={onChange} ids={ids} />}
      </Field>
    </div>
  );
}
