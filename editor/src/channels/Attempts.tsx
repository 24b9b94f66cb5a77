/** Every attempt to tell people, with the vendor's answer, the latest first. */
import { useCallback, useEffect, useState } from "react";
import { api } from "../api/client";
import { useWords } from "../i18n";
import { Button } from "../kit/Button";
import { SelectField } from "../kit/Field";
import { State } from "../kit/State";
import { Table } from "../kit/Table";
import { dateTime } from "../kit/time";
import { tellFailure } from "../kit/toasts";
import type { Attempt } from "./types";

type Past = Attempt & { id: number };
const PAGE = 30;
const levels = { sent: "ok", again: "warning", refused: "error" } as const;

/** `changed` is another whenever an attempt was made. */
export function Attempts({ names, changed }: { names: string[]; changed: unknown }) {
  const { t } = useWords();
  const [channel, setChannel] = useState("");
  const [result, setResult] = useState("");
  const [attempts, setAttempts] = useState<Past[] | null>(null);
  const [more, setMore] = useState(false);
  const load = useCallback(async (before?: number) => {
    const query = new URLSearchParams({ channel, result, limit: String(PAGE), ...(before !== undefined && { before: String(before) }) });
    try {
      const found = await api.get<Past[]>(`/channels/attempts?${query}`);
      setAttempts((was) => (before === undefined ? found : [...(was ?? []), ...found]));
      setMore(found.length === PAGE);
    } catch (error) {
      tellFailure(error);
    }
  }, [channel, result]);
  useEffect(() => {
    // It is written right after it is told.
    const timer = setTimeout(() => void load(), 400);
    return () => clearTimeout(timer);
  }, [load, changed]);
  const last = attempts?.at(-1);
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
      {more && last && <div><Button onClick={() => void load(last.id)}>{t("alarms.older")}</Button></div>}
    </section>
  );
}
