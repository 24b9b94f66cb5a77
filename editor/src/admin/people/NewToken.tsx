/** Makes a token, then shows its text this once. */
import { useState } from "react";
import { api } from "../../platform/api/client";
import type { Role } from "../../platform/api/types";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { SelectField, TextField } from "../../platform/kit/Field";
import { toast, toastError } from "../../platform/kit/toasts";
import { ROLES } from "../../platform/session/session";

export function NewToken({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const { t } = useWords();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [days, setDays] = useState("90");
  const [text, setText] = useState("");
  const make = async () => {
    try {
      const made = await api.post<{ text: string }>("/tokens", { name, role, days: days ? Number(days) : null });
      setText(made.text);
      onDone();
    } catch (error) {
      toastError(error);
    }
  };
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    toast("ok", t("kit.copied"));
  };
  if (text) {
    return (
      <Dialog title={t("people.token.made", { name })} onClose={onClose} foot={<>
        <Button icon="copy" kind="primary" onClick={() => void copy().catch(toastError)}>{t("kit.copy")}</Button>
        <Button onClick={onClose}>{t("kit.close")}</Button>
      </>}>
        <p>{t("people.token.once")}</p>
        <code className="people-token" data-testid="token">{text}</code>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("people.token.add")} onClose={onClose}
      foot={<><Button onClick={onClose}>{t("kit.cancel")}</Button><Button kind="primary" onClick={() => void make()}>{t("kit.add")}</Button></>}>
      <TextField label={t("people.name")} value={name} required autoFocus maxLength={64} onChange={(event) => setName(event.target.value)} />
      <SelectField label={t("people.role")} value={role} help={t(`people.role.${role}`)} onChange={(event) => setRole(event.target.value as Role)}
        choices={ROLES.map((each) => ({ value: each, label: t(`role.${each}`) }))} />
      <TextField label={t("people.token.days")} type="number" min={1} max={3650} value={days} help={t("people.token.days.help")} onChange={(event) => setDays(event.target.value)} />
    </Dialog>
  );
}
