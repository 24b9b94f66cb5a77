/** What was brought back since the server started. */
import { useWords } from "../../platform/i18n";
import { type Level, State } from "../../platform/kit/State";
import { Table } from "../../platform/kit/Table";
import type { Restored } from "./types";

const levels: Record<Restored["state"], Level> = { running: "info", done: "ok", failed: "error" };

export function RestoreList({ restores }: { restores: Restored[] }) {
  const { t } = useWords();
  return (
    <section className="archive-section">
      <h2>{t("archive.restores")}</h2>
      <Table
        label={t("archive.restores")}
        rows={restores.map((restore, index) => ({ ...restore, key: String(index) }))}
        keyOf={(restore) => restore.key}
        columns={[
          { id: "name", label: t("archive.file"), cell: (restore) => <code>{restore.name}</code> },
          { id: "table", label: t("archive.restore.table"), cell: (restore) => <code>{restore.table}</code> },
          { id: "rows", label: t("archive.rows"), className: "archive-figure", cell: (restore) => <span className="number">{restore.rows.toLocaleString("en-US")}</span> },
          { id: "state", label: t("archive.state"), cell: (restore) => (
            <>
              <State level={levels[restore.state]} text={t(`archive.restore.${restore.state}`, { added: restore.added })} />
              {restore.problem && <div className="archive-problem">{restore.problem}</div>}
            </>
          ) },
        ]}
      />
    </section>
  );
}
