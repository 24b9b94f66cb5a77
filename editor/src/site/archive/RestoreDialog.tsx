/** Asks for the table that a file's rows go into. */
import { useState } from "react";
import { api } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { TextField } from "../../platform/kit/Field";
import { toastError } from "../../platform/kit/toasts";
import type { ArchiveEntry, Restored } from "./types";

const TABLE = /^restored[a-z0-9_]{0,50}$/;

export function RestoreDialog({ file, onClose, onBegun }: { file: ArchiveEntry; onClose: () => void; onBegun: () => void }) {
  const { t } = useWords();
  const [table, setTable] = useState("restored_readings");
  const isName = TABLE.test(table);
  const begin = async () => {
    try {
      await api.post<Restored>("/archive/restore", { name: file.name, table });
      onBegun();
      onClose();
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Dialog title={t("archive.restore.title")} onClose={onClose} foot={<>
      <Button onClick={onClose}>{t("kit.cancel")}</Button>
      <Button kind="primary" disabledReason={!isName && t("archive.restore.table.help")} onClick={() => void begin()}>{t("archive.restore.go")}</Button>
    </>}>
      <code>{file.name}</code>
      <p>{t("archive.restore.text", { rows: file.rows.toLocaleString("en-US") })}</p>
      <TextField label={t("archive.restore.table")} help={t("archive.restore.table.help")} className="input-mono" maxLength={58} value={table}
        problem={isName ? undefined : t("archive.restore.table.help")} onChange={(event) => setTable(event.target.value)} />
    </Dialog>
  );
}
