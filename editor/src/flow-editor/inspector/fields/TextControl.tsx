/** A text: one line, or several where it has several; a reference to a broker or secret can be put in. */
import { useState } from "react";
import { abbreviated } from "../../../model/schema/form";
import type { ControlProps } from "./control";
import { useForm } from "./formContext";
import { ReferenceButton } from "./ReferenceButton";

const LONG = 60;

export function TextControl({ schema, value, onChange, ids, label }: ControlProps) {
  const { readOnly } = useForm();
  const text = typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
  // Decided once: a control that became another while one types would lose the cursor.
  const [several] = useState(() => text.includes("\n") || text.length > LONG || (schema.maxLength ?? 0) > 2000);
  // An empty text is the default where that is empty; else it says something of its own.
  const change = (next: string): void => onChange(next === "" && (schema.default === undefined || schema.default === null || schema.default === "") ? undefined : next);
  const shared = { ...ids, value: text, placeholder: abbreviated(schema.default), readOnly, spellCheck: false, autoComplete: "off" };
  return (
    <div className="control-with">
      {several
        ? <textarea className="input input-mono" rows={Math.min(8, Math.max(2, text.split("\n").length, Math.ceil(text.length / 44)))} {...shared} onChange={(event) => change(event.target.value)} />
        : <input className="input" {...shared} onChange={(event) => change(event.target.value)} />}
      {!readOnly && <ReferenceButton label={label} onPick={(reference) => onChange(reference)} />}
    </div>
  );
}
