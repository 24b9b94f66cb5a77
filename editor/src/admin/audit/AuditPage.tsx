/** The audit log: every change that somebody made, the latest first. */
import { useState } from "react";
import type { AuditEntry } from "../../platform/api/types";
import { declaredTitle, useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { TextField } from "../../platform/kit/Field";
import { Table } from "../../platform/kit/Table";
import { dateTime } from "../../platform/kit/time";
import { usePaged } from "../../platform/kit/usePaged";
import { detailsText } from "./details";

const TYPING_MS = 250;

export default function AuditPage() {
  const { t } = useWords();
  const [wanted, setWanted] = useState({ who: "", action: "", target: "" });
  const { rows: entries, older } = usePaged<AuditEntry>("/audit", wanted, { waitMs: TYPING_MS });
  const filter = (name: keyof typeof wanted) => (
    <TextField label={t(`audit.${name}`)} type="search" value={wanted[name]} onChange={(event) => setWanted({ ...wanted, [name]: event.target.value })} />
  );
  return (
    <div className="page">
      <header className="page-head"><h1>{t("page.audit")}</h1></header>
      <div className="page-row" role="search">{filter("who")}{filter("action")}{filter("target")}</div>
      {entries?.length === 0 && <div className="card empty">{t("audit.none")}</div>}
      {entries && entries.length > 0 && (
        <Table
          label={t("page.audit")}
          rows={entries}
          keyOf={(entry) => String(entry.id)}
          columns={[
            { id: "at", label: t("audit.at"), cell: (entry) => <span className="number">{dateTime(entry.at)}</span> },
            { id: "who", label: t("audit.who"), cell: (entry) => <strong>{entry.who}</strong> },
            { id: "action", label: t("audit.action"), cell: (entry) => <span title={entry.action}>{declaredTitle("action", entry.action)}</span> },
            { id: "target", label: t("audit.target"), cell: (entry) => <code>{entry.target}</code> },
            { id: "details", label: t("audit.details"), cell: (entry) => <span className="audit-details">{detailsText(entry.details)}</span> },
            { id: "address", label: t("audit.address"), cell: (entry) => <span className="number">{entry.address}</span> },
          ]}
        />
      )}
      {older && <div><Button onClick={older}>{t("audit.more")}</Button></div>}
    </div>
  );
}
