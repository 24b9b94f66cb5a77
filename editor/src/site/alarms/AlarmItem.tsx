/** One alarm of the list: state, urgency, device, value, how long, and what can be done. */
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { State } from "../../platform/kit/State";
import { dateTime } from "../../platform/kit/time";
import { alarmSubject } from "../live/alarmSubject";
import { waitsForAcknowledgement } from "../live/alarms";
import { alarmName } from "../live/alarmName";
import { formatValue } from "../live/format";
import type { OpenAlarm } from "../live/types";
import { duration } from "./duration";
import { canReset, canShelve, isShelved, levelOf, priorityBadge } from "./order";

export interface AlarmActions {
  acknowledge: (alarm: OpenAlarm) => void;
  shelve: (alarm: OpenAlarm) => void;
  unshelve: (alarm: OpenAlarm) => void;
  reset: (alarm: OpenAlarm) => void;
  endCalibration: (alarm: OpenAlarm) => void;
  putBack: (alarm: OpenAlarm) => void;
  open: (alarm: OpenAlarm) => void;
}

export function AlarmItem({ alarm, now, open, actions }: { alarm: OpenAlarm; now: number; open: boolean; actions: AlarmActions }) {
  const { t } = useWords();
  const type = alarmName(t, alarm);
  const who = alarmSubject(alarm);
  const since = alarm.raised_at === null ? null : (alarm.active ? now : alarm.returned_at ?? now) - alarm.raised_at;
  const notes = [alarm.by && t("alarms.by", { who: alarm.by }), alarm.reason, alarm.until !== null && t("alarms.until", { at: dateTime(alarm.until) })].filter(Boolean);
  return (
    <li className={`alarm alarm-${alarm.state} alarm-${alarm.priority}`} tabIndex={-1} data-key={`${alarm.sn} ${alarm.type}`} aria-current={open || undefined} aria-label={`${who} ${type}`}>
      <div className="alarm-state">
        <State level={levelOf(alarm)} text={t(`alarmstate.${alarm.state}`)} />
        <span className={`badge ${priorityBadge[alarm.priority]}`}>{t(`alarms.priority.${alarm.priority}`)}</span>
      </div>
      <button type="button" className="alarm-what" tabIndex={-1} onClick={() => actions.open(alarm)} title={t("alarms.story")}>
        <strong>{type}</strong>
        <span>{[who, alarm.name, alarm.location].filter(Boolean).join(" · ")}</span>
      </button>
      <div className="alarm-value number">
        {alarm.value !== null && <strong>{formatValue(alarm.value)} <small>{alarm.unit}</small></strong>}
        {alarm.threshold !== null && <span>{t("alarms.limit", { limit: `${formatValue(alarm.threshold)}` })}{alarm.peak !== null && ` · ${t(alarm.side === "low" ? "alarms.lowest" : "alarms.highest", { peak: formatValue(alarm.peak) })}`}</span>}
      </div>
      <div className="alarm-time number">
        {alarm.raised_at !== null && <span>{dateTime(alarm.raised_at)}</span>}
        {since !== null && <span>{duration(since)}</span>}
        {notes.length > 0 && <span className="alarm-note">{notes.join(" · ")}</span>}
      </div>
      <div className="alarm-actions">
        {waitsForAcknowledgement(alarm) && <Button icon="check" kind={alarm.active ? "primary" : "plain"} needs="operator" onClick={() => actions.acknowledge(alarm)}>{t("alarms.acknowledge")}</Button>}
        {canReset(alarm) && <Button icon="rotate-ccw" needs="operator" disabledReason={alarm.active && t("alarms.reset.active")} onClick={() => actions.reset(alarm)}>{t("alarms.reset")}</Button>}
        {canShelve(alarm) && <Button icon="archive" kind="quiet" needs="operator" title={t("alarms.shelve.title")} onClick={() => actions.shelve(alarm)}>{t("alarms.shelve")}</Button>}
        {isShelved(alarm) && <Button icon="upload" needs="operator" onClick={() => actions.unshelve(alarm)}>{t("alarms.unshelve")}</Button>}
        {alarm.state === "suppressed" && alarm.type !== "warm-up" && <Button icon="wrench" needs="operator" onClick={() => actions.endCalibration(alarm)}>{t("alarms.endcalibration")}</Button>}
        {alarm.state === "out-of-service" && <Button icon="power" needs="admin" onClick={() => actions.putBack(alarm)}>{t("alarms.putback")}</Button>}
      </div>
    </li>
  );
}
