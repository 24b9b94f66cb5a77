/** A question before something that can't be undone. */
import { useWords } from "../i18n";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

export function Confirm({ title, text, action, onYes, onClose }: { title: string; text: string; action: string; onYes: () => void; onClose: () => void }) {
  const { t } = useWords();
  return (
    <Dialog title={title} onClose={onClose} foot={<>
      <Button onClick={onClose}>{t("kit.cancel")}</Button>
      <Button kind="danger" onClick={() => { onClose(); onYes(); }}>{action}</Button>
    </>}>
      <p>{text}</p>
    </Dialog>
  );
}
