/** Any JSON, typed as text; while it can't be read the node keeps what it had. */
import { useState } from "react";
import type { Json } from "../../../platform/api/json";
import { useWords } from "../../../platform/i18n";
import type { ControlProps } from "./control";
import { useForm } from "./formContext";

export function JsonControl({ value, onChange, ids }: ControlProps) {
  const { t } = useWords();
  const { readOnly } = useForm();
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState("");
  const text = typed ?? (value === undefined ? "" : JSON.stringify(value, null, 2));
  return (
    <>
      <textarea className="input input-mono" rows={Math.min(12, Math.max(2, text.split("\n").length))} spellCheck={false} readOnly={readOnly} {...ids}
        aria-invalid={wrong ? true : ids["aria-invalid"]} value={text}
        onChange={(event) => {
          setTyped(event.target.value);
          try {
            onChange(event.target.value.trim() === "" ? undefined : (JSON.parse(event.target.value) as Json));
            setWrong("");
          } catch (error) {
            setWrong(error instanceof Error ? error.message : String(error));
          }
        }}
        onBlur={() => { if (!wrong) setTyped(null); }} />
      {wrong && <p className="field-problem" role="alert">{t("inspector.no-json", { reason: wrong })}</p>}
    </>
  );
}
