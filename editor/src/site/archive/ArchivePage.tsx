/** The archive: the bucket, the run under way, every file of the ledger, and bringing one back. */
import { useState } from "react";
import { api } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { useInterval } from "../../platform/kit/timing";
import { toast, toastError } from "../../platform/kit/toasts";
import { useLoaded } from "../../platform/kit/useLoaded";
import { FileTable } from "./FileTable";
import { RestoreDialog } from "./RestoreDialog";
import { RestoreList } from "./RestoreList";
import { RunProgress } from "./RunProgress";
import { Summary } from "./Summary";
import type { ArchiveEntry, ArchiveSummary } from "./types";
import "./archive.css";

const BUSY_MS = 1500;
const CALM_MS = 15000;

export default function ArchivePage() {
  const { t } = useWords();
  const { value: summary, reload } = useLoaded<ArchiveSummary>("/archive");
  const [turn, setTurn] = useState(0);
  const [restoring, setRestoring] = useState<ArchiveEntry | null>(null);
  const isBusy = summary !== null && (isUnderWay(summary) || summary.restores.some((one) => one.state === "running"));

  useInterval(() => {
    if (document.hidden) return;
    void reload();
    setTurn((was) => was + 1);
  }, isBusy ? BUSY_MS : CALM_MS);

  const runNow = async () => {
    try {
      await api.post("/archive/run");
      toast("ok", t("archive.run.begun"));
      await reload();
      setTurn((was) => was + 1);
    } catch (error) {
      toastError(error);
    }
  };

  return (
    <div className="page">
      <header className="page-head">
        <h1>{t("page.archive")}</h1>
        <Button icon="play" kind="primary" needs="admin" onClick={() => void runNow()}>{t("archive.run")}</Button>
      </header>
      <p className="page-intro">{t("archive.intro")}</p>
      {summary && <Summary summary={summary} />}
      {summary?.run && summary.unfinished > 0 && <RunProgress run={summary.run} />}
      {summary && summary.restores.length > 0 && <RestoreList restores={summary.restores} />}
      <FileTable turn={turn} onRestore={setRestoring} />
      {restoring && <RestoreDialog file={restoring} onClose={() => setRestoring(null)} onBegun={() => void reload()} />}
    </div>
  );
}

/** Files that a run has taken on and that neither are done nor stand still with a problem. */
function isUnderWay({ run }: ArchiveSummary): boolean {
  return run !== null && run.files - (run.states.cleaned ?? 0) > run.problems;
}
