/** How good the alarms are: the measures of ISA-18.2 and EEMUA 191, each with what is thought to be good. */
import { type ReactNode, useState } from "react";
import { useWords } from "../../platform/i18n";
import { SelectField } from "../../platform/kit/Field";
import { Loading } from "../../platform/kit/Loading";
import { type Level, State } from "../../platform/kit/State";
import { dateTime } from "../../platform/kit/time";
import { useLoaded } from "../../platform/kit/useLoaded";
import { duration } from "./duration";
import type { AlarmMetrics } from "./types";
import { alarmSubject } from "../live/alarmSubject";

const upTo = (value: number, good: number, bearable: number): Level => (value <= good ? "ok" : value <= bearable ? "warning" : "error");

export function AlarmFigures() {
  const { t } = useWords();
  const [days, setDays] = useState("7");
  const { value: figures } = useLoaded<AlarmMetrics>(`/alarms/figures?days=${days}`);
  if (!figures) return <Loading />;
  const total = Math.max(1, figures.raised);
  const named = (sn: string, type: string) => `${alarmSubject({ sn, type })} ${t(`alarm.${type}`)}`;
  return (
    <>
      <div className="page-row"><SelectField label={t("alarms.period")} value={days} onChange={(event) => setDays(event.target.value)} choices={["1", "7", "30", "90"].map((value) => ({ value, label: t("alarms.days", { count: Number(value) }) }))} /></div>
      <div className="figures">
        <Figure title={t("figures.rate")} value={figures.per_10_min.toFixed(2)} level={upTo(figures.per_10_min, 1, 2)} good={t("figures.rate.good")}>{t("figures.total", { count: figures.raised, day: figures.per_day.toFixed(1) })}</Figure>
        <Figure title={t("figures.most")} value={String(figures.most_in_10_min)} level={upTo(figures.most_in_10_min, 10, 10)} good={t("figures.most.good")}>{t("figures.floods", { count: figures.floods, share: figures.flood_pct.toFixed(2) })}</Figure>
        <Figure title={t("figures.chattering")} value={String(figures.chattering.length)} level={upTo(figures.chattering.length, 0, 3)} good={t("figures.chattering.good")}>
          <List items={figures.chattering.slice(0, 5).map(({ sn, type, count }) => `${named(sn, type)} × ${count}`)} />
        </Figure>
        <Figure title={t("figures.stale")} value={String(figures.stale.length)} level={upTo(figures.stale.length, 0, 5)} good={t("figures.stale.good")}>
          <List items={figures.stale.slice(0, 5).map(({ sn, type, since }) => `${named(sn, type)} ${dateTime(since)}`)} />
        </Figure>
        <Figure title={t("figures.fleeting")} value={String(figures.fleeting)} level={upTo(figures.fleeting / total, 0.1, 0.3)} good={t("figures.fleeting.good")} />
        <Figure title={t("figures.ack")} value={figures.acknowledged_after_s === null ? "—" : duration(figures.acknowledged_after_s)} level="info" good={t("figures.ack.good")} />
        <Figure title={t("figures.top")} value={`${figures.top_pct.toFixed(0)} %`} level="info" good={t("figures.top.good")}>
          <List items={figures.most_frequent.slice(0, 5).map(({ sn, type, count }) => `${named(sn, type)} × ${count}`)} />
        </Figure>
        <Figure title={t("figures.priorities")} value={`${Math.round((100 * (figures.by_priority.critical ?? 0)) / total)} %`} level="info" good={t("figures.priorities.good")}>
          <List items={(["critical", "high", "medium", "low"] as const).map((priority) => `${t(`alarms.priority.${priority}`)} ${figures.by_priority[priority] ?? 0}`)} />
        </Figure>
      </div>
    </>
  );
}

function Figure({ title, value, level, good, children }: { title: string; value: string; level: Level; good: string; children?: ReactNode }) {
  return (
    <section className="card figure" aria-label={title}>
      <h2>{title}</h2>
      <p className="figure-value number"><State level={level} text={value} /></p>
      <div className="figure-more">{children}</div>
      <p className="figure-good">{good}</p>
    </section>
  );
}

function List({ items }: { items: string[] }) {
  return items.length === 0 ? null : <ul>{items.map((item) => <li key={item}>{item}</li>)}</ul>;
}
