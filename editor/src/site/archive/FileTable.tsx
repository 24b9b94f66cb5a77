/** The files of the ledger, by device, day and state. */
import { useCallback, useEffect, useState } from "react";
import { api } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { formatBytes } from "../../platform/kit/byteSize";
import { Icon } from "../../platform/kit/Icon";
import { type Level, State } from "../../platform/kit/State";
import { Table } from "../../platform/kit/Table";
import { toastError } from "../../platform/kit/toasts";
import { type ArchiveEntry, fileStates } from "./types";

const PAGE = 100;
const levels: Record<ArchiveEntry["state"], Level> = { selected: "off", filed: "info", uploaded: "info", verified: "info", cleaned: "ok" };

export function FileTable({ turn, onRestore }: { turn: number; onRestore: (file: ArchiveEntry) => void }) {
  const { t } = useWords();
  const [sn, setSn] = useState("");
  const [day, setDay] = useState("");
  const [state, setState] = useState("");
  const [shown, setShown] = useState(PAGE);
  const [files, setFiles] = useState<ArchiveEntry[] | null>(null);
  const [more, setMore] = useState(false);
  const isFiltered = Boolean(sn || day || state);

  const load = useCallback(async (signal: AbortSignal) => {
    const found: ArchiveEntry[] = [];
    try {
      for (let offset = 0; offset < shown; offset += PAGE) {
        const query = new URLSearchParams({ sn, day, state, limit: String(PAGE), offset: String(offset) });
        const part = await api.get<ArchiveEntry[]>(`/archive/files?${query}`, signal);
        found.push(...part);
        if (part.length < PAGE) break;
      }
      setFiles(found);
      setMore(found.length === shown);
    } catch (error) {
      toastError(error);
    }
  }, [sn, day, state, shown]);

  useEffect(() => {
    const ending = new AbortController();
    void load(ending.signal);
    return () => ending.abort();
  }, [load, turn]);

  if (files?.length === 0 && !isFiltered) {
    return <div className="card empty"><Icon name="archive" size={32} /><p>{t("archive.none")}</p></div>;
  }
  return (
    <section className="archive-section">
      <div className="page-row archive-filters">
        <input className="input" type="search" aria-label={t("archive.sn")} placeholder={t("archive.sn")} value={sn} onChange={(event) => setSn(event.target.value)} />
        <input className="input" type="date" aria-label={t("archive.day")} value={day} onChange={(event) => setDay(event.target.value)} />
        <select className="input" aria-label={t("archive.state")} value={state} onChange={(event) => setState(event.target.value)}>
          <option value="">{t("archive.state.all")}</option>
          {[...fileStates, "problem"].map((one) => <option key={one} value={one}>{t(`archive.state.${one}`)}</option>)}
        </select>
      </div>
      {files?.length === 0 && <div className="card empty"><p>{t("archive.none.found")}</p></div>}
      {files && files.length > 0 && (
        <Table label={t("page.archive")} rows={files} keyOf={(file) => file.name} columns={[
          { id: "name", label: t("archive.file"), cell: (file) => <code title={file.object_key && `${file.bucket}/${file.object_key}`}>{file.name}</code> },
          { id: "sn", label: t("archive.sn"), cell: (file) => file.sn },
          { id: "day", label: t("archive.day"), cell: (file) => <span className="number">{file.day}</span> },
          { id: "rows", label: t("archive.rows"), className: "archive-figure", cell: (file) => <span className="number">{file.rows.toLocaleString("en-US")}</span> },
          { id: "size", label: t("archive.size"), className: "archive-figure", cell: (file) => <span className="number">{formatBytes(file.size_bytes)}</span> },
          { id: "md5", label: t("archive.md5"), cell: (file) => <code className="archive-md5" title={file.md5}>{file.md5.slice(0, 8)}</code> },
          { id: "state", label: t("archive.state"), cell: (file) => (
            <>
              <State level={file.problem ? "error" : levels[file.state]} text={t(`archive.state.${file.state}`)} />
              {file.problem && <div className="archive-problem" title={file.problem}>{file.problem}</div>}
            </>
          ) },
          { id: "restore", label: "", className: "actions", cell: (file) => (
            (file.state === "cleaned" || file.state === "verified") && (
              <IconButton icon="rotate-ccw" needs="admin" label={t("archive.restore", { name: file.name })} onClick={() => onRestore(file)} />
            )
          ) },
        ]} />
      )}
      {more && <div><Button onClick={() => setShown((was) => was + PAGE)}>{t("archive.more")}</Button></div>}
    </section>
  );
}
