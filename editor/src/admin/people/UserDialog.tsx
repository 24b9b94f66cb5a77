/** Adds a user, or changes one. */
import { useState } from "react";
import { api, segment } from "../../platform/api/client";
import type { Account, Role } from "../../platform/api/types";
import { useWords } from "../../platform/i18n";
import type { Language } from "../../platform/i18n/words";
import { Button } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { SelectField, TextField } from "../../platform/kit/Field";
import { toast, toastError } from "../../platform/kit/toasts";
import { ROLES } from "../../platform/session/session";
import { oneTimePassword } from "./password";

export function UserDialog({ user, onClose, onDone }: { user: Account | null; onClose: () => void; onDone: () => void }) {
  const { t } = useWords();
  const [name, setName] = useState(user?.name ?? "");
  const [role, setRole] = useState<Role>(user?.role ?? "viewer");
  const [language, setLanguage] = useState<Language>(user?.language === "en" ? "en" : "zh");
  const [password, setPassword] = useState(user ? "" : oneTimePassword);
  const save = async () => {
    try {
      if (user) await api.patch(`/users/${segment(user.name)}`, { role, language, ...(password && { password }) });
      else await api.post("/users", { name, password, role, language });
      toast("ok", t(user ? "people.changed" : "people.added", { name }));
      onDone();
      onClose();
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Dialog title={user ? t("people.edit", { name }) : t("people.add")} onClose={onClose}
      foot={<><Button onClick={onClose}>{t("kit.cancel")}</Button><Button kind="primary" onClick={() => void save()}>{t("kit.save")}</Button></>}>
      {!user && <TextField label={t("people.name")} value={name} required autoFocus maxLength={64} onChange={(event) => setName(event.target.value)} />}
      <SelectField label={t("people.role")} value={role} help={t(`people.role.${role}`)} onChange={(event) => setRole(event.target.value as Role)}
        choices={ROLES.map((each) => ({ value: each, label: t(`role.${each}`) }))} />
      <SelectField label={t("people.language")} value={language} onChange={(event) => setLanguage(event.target.value as Language)}
        choices={[{ value: "zh", label: "中文" }, { value: "en", label: "English" }]} />
      <TextField label={t("people.password")} className="input-mono" value={password} required={!user} help={t(user ? "people.edit.password.help" : "people.password.help")}
        aside={<Button className="people-generate" onClick={() => setPassword(oneTimePassword())}>{t("people.generate")}</Button>}
        onChange={(event) => setPassword(event.target.value)} />
    </Dialog>
  );
}
