/** Every deploy of the flow: who, when, why; what it differs in from any other; and back to it as a draft. */
import { useEffect, useState } from "react";
import { nodesByAddress } from "../../model/flow/sheet";
import type { FlowModel } from "../../model/flow/types";
import { api, segment } from "../../platform/api/client";
import type { FlowDiff, RevisionView as AnsweredRevision } from "../../platform/api/generated";
import type { Revision } from "../../platform/api/types";
import { translate, useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { SelectField } from "../../platform/kit/Field";
import { Loading } from "../../platform/kit/Loading";
import { dateTime } from "../../platform/kit/time";
import { toast, toastError } from "../../platform/kit/toasts";
import { useLoaded } from "../../platform/kit/useLoaded";
import { DiffList, type ShownDiff } from "../deploy/DiffList";
import { shownDiff } from "../deploy/shownDiff";
import { useDocument, useDraftCheck, useFlowDocument } from "../editing/context";
import { modelIn } from "../editing/FlowDocument";
import "./versions.css";

type RevisionView = Omit<AnsweredRevision, "flow"> & { flow: FlowModel | null };

const DRAFT = "draft";

export default function VersionsPanel() {
  const doc = useFlowDocument();
  const { t } = useWords();
  const { name } = doc;
  const running = useDocument((state) => state.view?.deployed?.number ?? null);
  const { value: rows, reload } = useLoaded<(Revision & { removed: boolean })[]>(`/flows/${segment(name)}/revisions`);
  const [chosen, setChosen] = useState<number | null>(null);
  const [against, setAgainst] = useState("");
  useEffect(() => void reload(), [running, reload]);
  if (!rows) return <Loading />;
  if (rows.length === 0) return <div className="empty"><p>{t("versions.none")}</p></div>;
  return (
    <ol className="versions" aria-label={t("versions.title")}>
      {rows.map((row, index) => (
        <li key={row.number} className="version" data-chosen={row.number === chosen || undefined}>
          <button type="button" className="version-head" aria-expanded={row.number === chosen} onClick={() => {
            setChosen(row.number === chosen ? null : row.number);
            setAgainst(String(rows[index + 1]?.number ?? DRAFT));
          }}>
            <span className="version-number number">{row.number}</span>
            <span className="version-what">
              <span className="version-note">{row.note || <em>{t(row.removed ? "versions.removed" : "versions.no-note")}</em>}</span>
              <span className="version-who">{row.who === "disk" ? t("deploy.disk") : row.who} · <time dateTime={row.when}>{dateTime(row.when)}</time></span>
            </span>
            {row.number === running && <span className="badge badge-ok">{t("versions.running")}</span>}
          </button>
          {row.number === chosen && <Chosen key={row.number} flow={name} row={row} rows={rows} against={against} onAgainst={setAgainst} />}
        </li>
      ))}
    </ol>
  );
}

function Chosen({ flow, row, rows, against, onAgainst }: { flow: string; row: Revision; rows: Revision[]; against: string; onAgainst: (against: string) => void }) {
  const doc = useFlowDocument();
  const check = useDraftCheck();
  const { t, localize } = useWords();
  const model = useDocument(modelIn);
  const catalogue = useDocument((state) => state.catalogue);
  const { value: revision } = useLoaded<RevisionView>(`/flows/${segment(flow)}/revisions/${row.number}`);
  const [diff, setDiff] = useState<ShownDiff | null>(null);
  const draft = against === DRAFT ? model : null;
  useEffect(() => setDiff(null), [flow, row.number, against]);
  useEffect(() => {
    const stop = new AbortController();
    const path = `/flows/${segment(flow)}/diff`;
    const answer = draft
      ? check.text().then((text) => api.post<FlowDiff>(path, { from: row.number, text }, stop.signal))
      : api.get<FlowDiff>(`${path}?from=${against}&to=${row.number}`, stop.signal);
    answer.then((found) => setDiff(shownDiff(found)), (error: unknown) => stop.signal.aborted || toastError(error));
    return () => stop.abort();
  }, [flow, row.number, against, draft, check]);
  const restore = (): void => {
    if (!revision?.flow || revision.text === null) return;
    doc.replaceText(translate("versions.restore", { number: row.number }), revision.flow, revision.text);
    toast("ok", translate("versions.restored", { number: row.number }), { hint: translate("versions.restored.hint") });
  };
  const listed = revision?.flow ? nodesByAddress(revision.flow) : new Map<string, never>();
  const mine = nodesByAddress(model);
  const nodeAt = (address: string) => listed.get(address) ?? mine.get(address);
  return (
    <div className="version-body">
      <SelectField label={t(against === DRAFT ? "versions.to-draft" : "versions.against")} value={against} onChange={(event) => onAgainst(event.target.value)}
        choices={[{ value: DRAFT, label: t("versions.draft") }, ...rows.filter(({ number }) => number !== row.number).map(({ number, note, when }) => ({ value: String(number), label: `${number} · ${note || dateTime(when)}` }))]} />
      {diff ? <DiffList diff={diff} nothing={t("versions.same")} titleOf={(address) => localize(nodeAt(address)?.title)} typeOf={(address) => catalogue.get(nodeAt(address)?.type ?? "")} /> : <p role="status">{t("kit.loading")}</p>}
      <Button icon="history" needs="admin" disabledReason={revision?.text === null && t("versions.gone")} onClick={restore}>{t("versions.restore", { number: row.number })}</Button>
    </div>
  );
}
