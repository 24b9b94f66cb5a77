/** A field that takes values of several kinds: the kind beside the control for it. */
import { useState } from "react";
import { alternativeOf, alternativesOf, blankValue } from "../../../model/schema/form";
import { useWords } from "../../../platform/i18n";
import { Control } from "./Control";
import type { ControlProps } from "./control";
import { useForm } from "./formContext";

export function UnionControl(props: ControlProps) {
  const { schema, value, onChange, label } = props;
  const { t } = useWords();
  const { root, readOnly } = useForm();
  const alternatives = alternativesOf(schema, root);
  const [chosen, setChosen] = useState<number | null>(null);
  const at = value === undefined || value === null ? chosen ?? alternativeOf(schema.default, alternatives) : alternativeOf(value, alternatives);
  const part = alternatives[at] ?? alternatives[0];
  if (!part) return null;
  return (
    <div className="union">
      <select className="input union-kind" aria-label={t("inspector.kind", { field: label })} value={at} disabled={readOnly} onChange={(event) => {
        const next = Number(event.target.value);
        setChosen(next);
        if (value !== undefined) onChange(blankValue(alternatives[next]?.schema ?? {}, root));
      }}>
        {alternatives.map(({ kind }, index) => <option key={index} value={index}>{t(`inspector.kind.${kind}`)}</option>)}
      </select>
      <div className="union-value"><Control {...props} schema={{ ...part.schema, ...(schema.default !== undefined && { default: schema.default }) }} as={part.kind} /></div>
    </div>
  );
}
