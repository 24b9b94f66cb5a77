/** A number that is typed: what is no number stays visible and changes nothing. */
import { useState } from "react";
import { abbreviated, parseNumber } from "../../../model/schema/form";
import { useWords } from "../../../platform/i18n";
import type { ControlProps } from "./control";
import { useForm } from "./formContext";

export function NumberControl({ schema, value, onChange, ids, integer }: ControlProps & { integer: boolean }) {
  const { t } = useWords();
  const { readOnly } = useForm();
  const [typed, setTyped] = useState<string | null>(null);
  const wrong = typed !== null && typed.trim() !== "" && parseNumber(typed, integer) === null;
  return (
    <>
      <input
        className="input number" inputMode="decimal" autoComplete="off" readOnly={readOnly} {...ids} aria-invalid={wrong || ids["aria-invalid"]}
        value={typed ?? (value === undefined || value === null ? "" : String(value))}
        placeholder={abbreviated(schema.default)}
        onChange={(event) => {
          const text = event.target.value;
          setTyped(text);
          const read = parseNumber(text, integer);
          if (read !== null) onChange(read);
          else if (text.trim() === "") onChange(undefined);
        }}
        onBlur={() => setTyped(null)}
      />
      {wrong && <p className="field-problem" role="alert">{t(integer ? "inspector.no-integer" : "inspector.no-number", { text: abbreviated(typed, 20) })}</p>}
    </>
  );
}
