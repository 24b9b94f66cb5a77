/** The dialog that stores a secret; its value goes to the server and is never shown again. */
import { useState } from "react";
import { api, segment } from "../api/client";
import { useWords } from "../i18n";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { TextField } from "../kit/Field";
import { toast, toastError } from "../kit/toasts";

export function NewSecret({ name: given = "", onClose, onMade }: { name?: string; onClose: () => void; onMade: (name: string) => void }) {
  const { t } = useWords();
  const [name, setName] = useState(given);
  const [value, setValue] = useState("");
  const save = async () => {
    try {
      await api.put(`/secrets/${segment(name)}`, { value });
      toast("ok", t("secrets.saved", { name }));
      onMade(name);
      onClose();
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Dialog title={given ? t("secrets.set", { name: given }) : t("inspector.new-secret")} onClose={onClose}
      foot={<Button kind="primary" disabledReason={(!name || !value) && t("secrets.both")} onClick={() => void save()}>{t("kit.save")}</Button>}>
      <TextField label={t("secrets.name")} help={t("secrets.name.help", { ref: `\${secret:${name || "NAME"}}` })} value={name} readOnly={given !== ""} autoFocus={!given} onChange={(event) => setName(event.target.value)} />
      <TextField label={t("secrets.value")} help={t("secrets.value.help")} type="password" autoComplete="new-password" value={value} autoFocus={given !== ""} onChange={(event) => setValue(event.target.value)} />
    </Dialog>
  );
}
