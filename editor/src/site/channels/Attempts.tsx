/** Every attempt to notify people, with the vendor's answer, the latest first. */
import { useState } from "react";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { SelectField } from "../../platform/kit/Field";
import { State } from "../../platform/kit/State";
import { Table } from "../../platform/kit/Table";
import { dateTime } from "../../platform/kit/time";
import { usePaged } from "../../platform/kit/usePaged";
import type { AttemptRecord } from "./types";

/** An attempt is written right after it is told. */
const WRITTEN_MS = 400;
const levels = { sent: "ok", again: "warning", refused: "error" } as const;

/** `changed` is another whenever an attempt was made. */
export function Attempts({ names, changed }: { names: string[]; changed: unknown }) {
  const { t } = useWords();
  const [channel, setChannel] = useState("");
  const [result, setResult] = useState("");
  const { rows: attempts, older } = usePaged<AttemptRecord>("/channels/attempts", { channel, result }, { page: 30, waitMs: WRITTEN_MS, changed });
  const any = { value: "", label: t("alarms.any") };
  return (
    <section className="channel-attempts" aria-label={t("channels.attempts")}>
      <h2>{t("channels.attempts")}</h2>
      <div className="page-row">
        <SelectField label={t("channels.channel")} value={channel} onChange={(event) => setChannel(event.target.value)} choices={[any, ...names.map((value) => ({ value, label: t(`channels.${value}`) }))]} />
        <SelectField label={t("channels.result")} value={result} onChange={(event) => setResult(event.target.value)} choices={[any, ...(["sent", "again", "refused"] as const).map((value) => ({ value, label: t(`channels.result.${value}`) }))]} />
      </div>
      {attempts && (
        <Table label={t("channels.attempts")} rows={attempts} keyOf={({ id }) => String(id)} columns={[
          { id: "at", label: t("channels.at"), cell: (one) => <span className="number attempt-at">{dateTime(one.at)}</span> },
          { id: "channel", label: t("channels.channel"), cell: (one) => t(`channels.${one.channel}`) },
          { id: "result", label: t("channels.result"), cell: (one) => <State level={levels[one.result]} text={t(one.test ? `channels.test.${one.result}` : `channels.result.${one.result}`)} /> },
          { id: "subject", label: t("channels.subject"), cell: (one) => <span className="attempt-subject">{one.subject}</span> },
          { id: "answer", label: t("channels.answer"), cell: (one) => <code className="attempt-answer" tabIndex={0}>{one.answer}</code> },
        ]} />
      )}
      {older && <div><Button onClick={older}>{t("alarms.older")}</Button></div>}
    </section>
  );
}
