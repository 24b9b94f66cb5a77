/** Everything that waits, or what the filter leaves of it, given to its nodes again; how far that has come. */
import { useCallback, useEffect, useState } from "react";
import { api } from "../../platform/api/client";
import type { Reprocessed } from "../../platform/api/generated";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Confirm } from "../../platform/kit/Confirm";
import { useInterval } from "../../platform/kit/timing";
import { toastError } from "../../platform/kit/toasts";

const PATH = "/quarantine/reprocessing";

export function ReprocessAll({ wanted, onDone }: { wanted: { flow?: string; node?: string }; onDone: () => void }) {
  const { t } = useWords();
  const [run, setRun] = useState<Reprocessed | null>(null);
  const [asking, setAsking] = useState(false);
  const running = run?.running ?? false;
  const look = useCallback(async () => {
    try {
      setRun(await api.get<Reprocessed | null>(PATH));
    } catch (error) {
      toastError(error);
    }
  }, []);
  useEffect(() => void look(), [look]);
  useInterval(() => void look().then(onDone), running ? 1000 : null);
  const begin = async (): Promise<void> => {
    try {
      setRun(await api.post<Reprocessed>(PATH, wanted));
    } catch (error) {
      toastError(error);
    }
  };
  const where = wanted.node ? `${wanted.flow}/${wanted.node}` : t("quarantine.everywhere");
  return <>
    {run && (running || run.total > 0) && (
      <span role="status">{t(running ? "quarantine.progress" : "quarantine.progress.ended", { done: run.done, total: run.total, skipped: run.skipped })}</span>
    )}
    {running
      ? <Button icon="x" needs="operator" onClick={() => void api.delete(PATH).then(look, toastError)}>{t("quarantine.stop")}</Button>
      : <Button icon="repeat" needs="operator" onClick={() => setAsking(true)}>{t("quarantine.reprocess-all")}</Button>}
    {asking && <Confirm title={t("quarantine.reprocess-all")} text={t("quarantine.reprocess-all.ask", { where })} action={t("quarantine.reprocess")}
      onYes={() => void begin()} onClose={() => setAsking(false)} />}
  </>;
}
