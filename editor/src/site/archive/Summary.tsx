/** How much is in the archive, and where it is. */
import { useWords } from "../../platform/i18n";
import { formatBytes } from "../../platform/kit/byteSize";
import { Icon } from "../../platform/kit/Icon";
import type { ArchiveSummary } from "./types";

export function Summary({ summary }: { summary: ArchiveSummary }) {
  const { t } = useWords();
  const count = (value: number) => value.toLocaleString("en-US");
  return (
    <>
      <dl className="card archive-sum">
        <div className="archive-bucket">
          <dt>{t("archive.bucket")}</dt>
          <dd>{summary.bucket || t("archive.bucket.none")}</dd>
          {summary.endpoint && <dd className="archive-endpoint">{summary.endpoint}</dd>}
        </div>
        <div><dt>{t("archive.sum")}</dt><dd className="number">{count(summary.files)}</dd></div>
        <div><dt>{t("archive.rows")}</dt><dd className="number">{count(summary.rows)}</dd></div>
        <div><dt>{t("archive.size")}</dt><dd className="number">{formatBytes(summary.size_bytes)}</dd></div>
        <div><dt>{t("archive.unfinished")}</dt><dd className="number">{count(summary.unfinished)}</dd></div>
        <div className={summary.problems ? "archive-bad" : ""}><dt>{t("archive.problems")}</dt><dd className="number">{count(summary.problems)}</dd></div>
      </dl>
      {!summary.bucket && <p className="archive-hint"><Icon name="triangle-alert" size={15} />{t("archive.bucket.help")}</p>}
    </>
  );
}
