/** The dialog in which one changes one's own password. */
import { useState } from "react";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { TextField } from "../../platform/kit/Field";
import { toast, toastError } from "../../platform/kit/toasts";
import { changePassword } from "../../platform/session/session";

interface Props {
  /** Left without a change, and after one where `onDone` is not given. */
  onClose: () => void;
  onDone?: () => void;
  intro?: string;
}

export function ChangePassword({ onClose, onDone = onClose, intro }: Props) {
  const { t } = useWords();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const save = async () => {
    try {
      await changePassword(old, fresh);
      toast("ok", t("session.changed"));
      onDone();
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Dialog title={t("session.change")} onClose={onClose} foot={<Button kind="primary" onClick={() => void save()}>{t("kit.save")}</Button>}>
      {intro && <p>{intro}</p>}
      <TextField label={t("session.old")} type="password" autoComplete="current-password" value={old} onChange={(event) => setOld(event.target.value)} />
      <TextField label={t("session.new")} type="password" autoComplete="new-password" value={fresh} onChange={(event) => setFresh(event.target.value)} />
    </Dialog>
  );
}
