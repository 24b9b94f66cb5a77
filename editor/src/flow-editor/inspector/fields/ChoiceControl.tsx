/** One of a few values. */
import { abbreviated, choicesOf, withoutNull } from "../../../model/schema/form";
import { choiceTitle } from "../../../model/schema/titles";
import { sameJson } from "../../../platform/api/json";
import { useWords } from "../../../platform/i18n";
import type { ControlProps } from "./control";
import { useForm } from "./formContext";

export function ChoiceControl({ schema, value, onChange, ids }: ControlProps) {
  const { t, language } = useWords();
  const { root, readOnly } = useForm();
  const choices = choicesOf(schema, root);
  const empty = value === undefined && schema.default === undefined;
  const at = choices.findIndex((choice) => sameJson(choice, value ?? schema.default));
  return (
    <select className="input" disabled={readOnly} {...ids} value={at < 0 ? "" : String(choices[at])} onChange={(event) => onChange(choices.find((choice) => String(choice) === event.target.value))}>
      {(empty || at < 0 || withoutNull(schema, root).nullable) && <option value="">{at < 0 && value !== undefined && value !== null ? abbreviated(value) : t("inspector.none")}</option>}
      {choices.map((choice, index) => <option key={index} value={String(choice)}>{choiceTitle(choice, schema, language)}</option>)}
    </select>
  );
}
