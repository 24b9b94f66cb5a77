/** Alarms that were raised, the latest first, filtered. */
import { useMemo, useState } from "react";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { SelectField, TextField } from "../../platform/kit/Field";
import { State } from "../../platform/kit/State";
import { Table } from "../../platform/kit/Table";
import { dateTime } from "../../platform/kit/time";
import { usePaged } from "../../platform/kit/usePaged";
import { alarmSubject } from "../live/alarmSubject";
import { formatValue } from "../live/format";
import { duration } from "./duration";
import { levelOf, priorityBadge } from "./order";
import type { AlarmRecord } from "./types";

const TYPING_MS = 250;
const TYPES = ["A1", "A2", "over-range", "rise", "fault", "stuck", "zero-drift", "offline", "never-heard", "battery", "signal", "unregistered", "link", "channel", "monitoring"];
const PRIORITIES = ["critical", "high", "medium", "low"];

export function AlarmHistory({ onOpen }: { onOpen: (alarm: AlarmRecord) => void }) {
  const { t } = useWords();
  const [wanted, setWanted] = useState({ sn: "", type: "", priority: "", notified: "", days: "7" });
  const asked = useMemo(() => asQuery(wanted), [wanted]);
  const { rows: alarms, older } = usePaged<AlarmRecord>("/alarms/history", asked, {
    waitMs: TYPING_MS,
    behind: ({ id, raised_at }) => ({ before: String(raised_at), before_id: String(id) }),
  });
  const set = (name: keyof typeof wanted) => (event: { target: { value: string } }) => setWanted({ ...wanted, [name]: event.target.value });
  const any = { value: "", label: t("alarms.any") };
  return (
    <>
      <div className="page-row" role="search">
        <TextField label={t("alarms.sn")} type="search" value={wanted.sn} onChange={set("sn")} />
        <SelectField label={t("alarms.type")} value={wanted.type} onChange={set("type")} choices={[any, ...TYPES.map((value) => ({ value, label: t(`alarm.${value}`) }))]} />
        <SelectField label={t("alarms.priority")} value={wanted.priority} onChange={set("priority")} choices={[any, ...PRIORITIES.map((value) => ({ value, label: t(`alarms.priority.${value}`) }))]} />
        <SelectField label={t("alarms.notified")} value={wanted.notified} onChange={set("notified")} choices={[any, { value: "true", label: t("alarms.yes") }, { value: "false", label: t("alarms.no") }]} />
        <SelectField label={t("alarms.period")} value={wanted.days} onChange={set("days")} choices={[...["1", "7", "30"].map((value) => ({ value, label: t("alarms.days", { count: Number(value) }) })), any]} />
      </div>
      {alarms && (
        <Table label={t("alarms.history")} rows={alarms} keyOf={({ id }) => String(id)} columns={[
          { id: "raised", label: t("alarms.raised"), cell: (alarm) => <button type="button" className="alarm-link number" onClick={() => onOpen(alarm)}>{dateTime(alarm.raised_at)}</button> },
          { id: "type", label: t("alarms.type"), cell: (alarm) => <strong>{t(`alarm.${alarm.type}`)}</strong> },
          { id: "sn", label: t("alarms.sn"), cell: (alarm) => <span>{alarmSubject(alarm)} {alarm.name && <small className="muted">{alarm.name}</small>}</span> },
          { id: "priority", label: t("alarms.priority"), cell: (alarm) => <span className={`badge ${priorityBadge[alarm.priority]}`}>{t(`alarms.priority.${alarm.priority}`)}</span> },
          { id: "value", label: t("alarms.peakvalue"), cell: (alarm) => <span className="number">{alarm.peak === null ? "—" : `${formatValue(alarm.peak)} ${alarm.unit}`}</span> },
          { id: "lasted", label: t("alarms.lasted"), cell: (alarm) => <span className="number">{alarm.returned_at === null ? t("alarms.goeson") : duration(alarm.returned_at - alarm.raised_at)}</span> },
          { id: "state", label: t("alarms.state"), cell: (alarm) => <State level={levelOf(alarm)} text={t(`alarmstate.${alarm.state}`)} /> },
          { id: "notified", label: t("alarms.notified"), cell: (alarm) => t(alarm.notified ? "alarms.yes" : "alarms.no") },
          { id: "by", label: t("alarms.acknowledgedby"), cell: (alarm) => alarm.acknowledged_by || "—" },
        ]} />
      )}
      {older && <div><Button onClick={older}>{t("alarms.older")}</Button></div>}
    </>
  );
}

/** What is not wanted is left out; a period counts from the moment it was chosen, so that every page is of the same one. */
function asQuery({ days, notified, ...rest }: Record<"sn" | "type" | "priority" | "notified" | "days", string>): Record<string, string> {
  return { ...rest, ...(notified && { notified }), ...(days && { since: String(Date.now() / 1000 - Number(days) * 86_400) }) };
}
