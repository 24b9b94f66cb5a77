/** On or off. */
import { useWords } from "../../../platform/i18n";
import { useForm } from "./formContext";
import type { ControlProps } from "./control";

export function SwitchControl({ schema, value, onChange, ids }: ControlProps) {
  const { t } = useWords();
  const { readOnly } = useForm();
  const on = value === undefined ? schema.default === true : value === true;
  return (
    <label className="switch">
      <input type="checkbox" role="switch" checked={on} disabled={readOnly} {...ids} onChange={(event) => onChange(event.target.checked)} />
      <span aria-hidden="true">{t(on ? "inspector.on" : "inspector.off")}</span>
    </label>
  );
}
