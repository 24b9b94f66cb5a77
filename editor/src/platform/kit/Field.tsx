/** A labelled control with its unit, its help and what is wrong with it. */
import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from "react";
import { Icon } from "./Icon";

export interface FieldFrame {
  label: string;
  /** What the field is called in a file; shown on hover. */
  name?: string | undefined;
  unit?: string | undefined;
  help?: ReactNode;
  problem?: string | undefined;
  required?: boolean | undefined;
  /** Stands at the right of the label, such as a button that resets the field. */
  aside?: ReactNode;
}

interface Ids {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

export function Field({ label, name, unit, help, problem, required, aside, children }: FieldFrame & { children: (ids: Ids) => ReactNode }) {
  const id = useId();
  const described = [help && `${id}h`, problem && `${id}p`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="field">
      <div className="field-head">
        <label className="field-label" htmlFor={id} title={name}>
          {label}
          {required && <span className="field-required" aria-hidden="true"> *</span>}
        </label>
        {unit && <span className="field-unit">{unit}</span>}
        {aside}
      </div>
      {children({ id, "aria-describedby": described, "aria-invalid": problem ? true : undefined })}
      {problem && <p className="field-problem" id={`${id}p`}><Icon name="circle-alert" size={13} />{problem}</p>}
      {help && <div className="field-help" id={`${id}h`}>{help}</div>}
    </div>
  );
}

type InputProps = FieldFrame & Omit<InputHTMLAttributes<HTMLInputElement>, "id">;

export function TextField({ label, unit, help, problem, required, aside, className = "", ...input }: InputProps) {
  return (
    <Field {...{ label, unit, help, problem, required, aside }}>
      {(ids) => <input className={`input ${className}`} autoComplete="off" spellCheck={false} required={required} {...input} {...ids} />}
    </Field>
  );
}

export interface Choice {
  value: string;
  label: string;
}

type SelectProps = FieldFrame & Omit<SelectHTMLAttributes<HTMLSelectElement>, "id"> & { choices: Choice[] };

export function SelectField({ label, unit, help, problem, required, aside, choices, ...select }: SelectProps) {
  return (
    <Field {...{ label, unit, help, problem, required, aside }}>
      {(ids) => (
        <select className="input" required={required} {...select} {...ids}>
          {choices.map(({ value, label: text }) => <option key={value} value={value}>{text}</option>)}
        </select>
      )}
    </Field>
  );
}

export function SwitchField({ label, checked, onChange, disabled }: { label: string; checked: boolean; onChange: (on: boolean) => void; disabled?: boolean }) {
  return (
    <label className="switch">
      <input type="checkbox" role="switch" checked={checked} disabled={disabled} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}</span>
    </label>
  );
}
