/** Asks before something is deleted, deletes it at the server, and tells when that failed. */
import { api } from "../api/client";
import { useWords } from "../i18n";
import { Confirm } from "./Confirm";
import { toastError } from "./toasts";

interface Deletion {
  title: string;
  text: string;
  path: string;
  body?: object;
  /** Only after it is gone. */
  onGone: () => unknown;
  onClose: () => void;
}

export function ConfirmDelete({ title, text, path, body, onGone, onClose }: Deletion) {
  const { t } = useWords();
  const remove = async () => {
    try {
      await api.delete(path, body);
      await onGone();
    } catch (error) {
      toastError(error);
    }
  };
  return <Confirm title={title} text={text} action={t("kit.delete")} onYes={() => void remove()} onClose={onClose} />;
}
