/** A CSV file of devices: read, looked at line by line, then stored as a whole or not at all. */
import { useState } from "react";
import { api } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { Field } from "../../platform/kit/Field";
import { toast, toastError } from "../../platform/kit/toasts";
import { hasErrors, OutcomeView } from "./OutcomeView";
import type { Outcome } from "./types";

const LARGEST_BYTES = 8_000_000;

/** Excel in China saves CSV in GB 18030 unless it is told otherwise. */
async function textOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

export function ImportCsv({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const [text, setText] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [problem, setProblem] = useState("");
  const run = async (content: string, dry_run: boolean) => {
    try {
      const answer = await api.post<Outcome>("/devices.csv", { text: content, dry_run });
      setOutcome(answer);
      if (!answer.stored) return;
      toast("ok", t("devices.imported", { added: answer.added, changed: answer.changed }));
      onClose();
    } catch (error) {
      toastError(error);
    }
  };
  const read = async (file: File | undefined) => {
    setOutcome(null);
    setProblem("");
    if (!file) return;
    if (file.size > LARGEST_BYTES) {
      setProblem(t("devices.csv.large"));
      return;
    }
    const content = (await textOf(file)).replaceAll("\0", "");
    setText(content);
    await run(content, true);
  };
  return (
    <Dialog wide title={t("devices.import")} onClose={onClose} foot={
      <Button kind="primary" disabledReason={text === null || outcome === null ? t("devices.choose") : hasErrors(outcome) && t("devices.wrong")} onClick={() => text !== null && void run(text, false)}>{t("devices.apply")}</Button>
    }>
      <Field label={t("devices.csv.file")} help={t("devices.csv.help")} problem={problem || undefined}>
        {(ids) => <input type="file" accept=".csv,text/csv" {...ids} onChange={(event) => void read(event.target.files?.[0])} />}
      </Field>
      {outcome && <OutcomeView outcome={outcome} lines />}
    </Dialog>
  );
}
