/** On or off. */
import { useWords } from "../../../platform/i18n";
import type { ControlProps } from "./control";
import { useForm } from "./formContext";

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
