/** How far the files of the latest run are, step by step. */
import { useWords } from "../../platform/i18n";
import { dateTime } from "../../platform/kit/time";
import { type ArchiveRun, fileStates } from "./types";

export function RunProgress({ run }: { run: ArchiveRun }) {
  const { t } = useWords();
  const done = run.states.cleaned ?? 0;
  return (
    <section className="card archive-run" aria-label={t("archive.last", { when: dateTime(run.at) })}>
      <div className="archive-run-head">
        <h2>{t("archive.last", { when: dateTime(run.at) })}</h2>
        <span className="number">{t("archive.progress", { done, files: run.files })}</span>
      </div>
      <progress max={run.files} value={done} aria-label={t("archive.progress", { done, files: run.files })} />
      <ul className="archive-steps">
        {fileStates.map((state) => (
          <li key={state} className={run.states[state] ? "" : "archive-step-empty"}>
            <span className="number">{run.states[state] ?? 0}</span> {t(`archive.state.${state}`)}
          </li>
        ))}
      </ul>
    </section>
  );
}
