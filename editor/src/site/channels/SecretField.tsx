/** A secret: it goes in and never comes out. What is stored can be replaced or removed. */
import { useState } from "react";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Field, TextField } from "../../platform/kit/Field";
import { State } from "../../platform/kit/State";

interface Props {
  label: string;
  /** Whether one is stored. */
  stored: boolean;
  value: string | null | undefined;
  onChange: (value: string | null | undefined) => void;
  /** What may be told of it, such as the host of an address. */
  about?: string;
  help?: string | undefined;
  problem?: string | undefined;
  removable?: boolean;
}

export function SecretField({ label, stored, value, onChange, about, help, problem, removable = true }: Props) {
  const { t } = useWords();
  const [replacing, setReplacing] = useState(false);
  if (stored && value === null) {
    return (
      <Field label={label} help={help} problem={problem}>
        {(ids) => <div className="secret" id={ids.id} tabIndex={-1}><State level="warning" text={t("channels.secret.goes")} /><Button onClick={() => onChange(undefined)}>{t("channels.undo")}</Button></div>}
      </Field>
    );
  }
  if (stored && !replacing && value === undefined) {
    return (
      <Field label={label} help={help} problem={problem}>
        {(ids) => (
          <div className="secret" id={ids.id} tabIndex={-1}>
            <State level="ok" text={about ? t("channels.secret.about", { about }) : t("channels.secret.set")} />
            <Button icon="pencil" onClick={() => setReplacing(true)} aria-label={`${t("channels.secret.replace")} ${label}`}>{t("channels.secret.replace")}</Button>
            {removable && <Button kind="quiet" onClick={() => onChange(null)} aria-label={`${t("channels.secret.remove")} ${label}`}>{t("channels.secret.remove")}</Button>}
          </div>
        )}
      </Field>
    );
  }
  return (
    <TextField label={label} type="password" autoComplete="new-password" maxLength={2000} value={value ?? ""} help={help} problem={problem} autoFocus={replacing}
      placeholder={t(stored ? "channels.secret.fresh" : "channels.secret.none")}
      onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
      aside={stored && <button type="button" className="field-reset link-button" onClick={() => { setReplacing(false); onChange(undefined); }}>{t("channels.secret.keep")}</button>} />
  );
}
