/** A list: texts and numbers a line each, objects (the rules of a switch) as rows that can be moved. */
import { blankValue, kindOf, withMoved } from "../../../model/schema/form";
import { resolveReference, type Schema } from "../../../model/schema/schema";
import type { Json } from "../../../platform/api/json";
import { useWords } from "../../../platform/i18n";
import { Button, IconButton } from "../../../platform/kit/Button";
import { Control } from "./Control";
import type { ControlProps } from "./control";
import { useForm } from "./formContext";
import { ObjectFields } from "./ObjectFields";

export function ListControl({ schema, value, onChange, path, label }: ControlProps) {
  const { t } = useWords();
  const { root, readOnly } = useForm();
  const items = Array.isArray(value) ? value : Array.isArray(schema.default) && value === undefined ? schema.default : [];
  const item: Schema = typeof schema.items === "object" ? resolveReference(schema.items, root) : {};
  const ofObjects = kindOf(item, root) === "object";
  const put = (index: number, next: Json | undefined) => onChange(next === undefined ? items.with(index, blankValue(item, root)) : items.with(index, next));
  const full = schema.maxItems !== undefined && items.length >= schema.maxItems;
  return (
    <div className="list" role="group" aria-label={label} data-field={path} tabIndex={-1}>
      {items.map((one, index) => (
        <div key={index} className={ofObjects ? "list-row list-object" : "list-row"} role="group" aria-label={`${label} ${index + 1}`} data-field={`${path}.${index}`}>
          <span className="list-number number" aria-hidden="true">{index + 1}</span>
          <div className="list-body">
            {ofObjects ? (
              <ObjectFields schema={item} path={`${path}.${index}`} compact value={typeof one === "object" && one !== null && !Array.isArray(one) ? one : {}} onChange={(next) => put(index, next)} />
            ) : (
              <Control schema={item} value={one} path={`${path}.${index}`} label={`${label} ${index + 1}`} onChange={(next) => put(index, next)}
                ids={{ id: `${path}.${index}`, "aria-label": `${label} ${index + 1}`, "aria-describedby": undefined, "aria-invalid": undefined }} />
            )}
          </div>
          {!readOnly && (
            <div className="list-tools">
              <IconButton icon="chevron-down" className="upside-down" label={t("inspector.row.up", { number: index + 1 })} disabledReason={index === 0 && t("inspector.row.first")} onClick={() => onChange(withMoved(items, index, index - 1))} />
              <IconButton icon="chevron-down" label={t("inspector.row.down", { number: index + 1 })} disabledReason={index === items.length - 1 && t("inspector.row.last")} onClick={() => onChange(withMoved(items, index, index + 1))} />
              <IconButton icon="trash-2" label={t("inspector.row.remove", { number: index + 1 })} onClick={() => onChange(items.toSpliced(index, 1))} />
            </div>
          )}
        </div>
      ))}
      {!readOnly && <Button kind="quiet" icon="plus" className="list-add" disabledReason={full && t("inspector.row.most", { count: schema.maxItems ?? 0 })} onClick={() => onChange([...items, blankValue(item, root)])}>{t("inspector.row.add")}</Button>}
    </div>
  );
}
