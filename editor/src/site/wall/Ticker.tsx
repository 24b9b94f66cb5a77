/** The open alarms in a line at the foot, those that nobody has acknowledged first. */
import { useWords } from "../../platform/i18n";
import { clockTime } from "../../platform/kit/time";
import { alarmSubject } from "../live/alarmSubject";
import { alarmId } from "../live/alarms";
import { alarmName } from "../live/alarmName";
import { formatValue } from "../live/format";
import { isUnacknowledged, stateOfAlarm } from "../live/state";
import { StateShape } from "../live/StateShape";
import type { OpenAlarm } from "../live/types";

const SHOWN = 12;

export function Ticker({ alarms, onOpen }: { alarms: OpenAlarm[]; onOpen: (sn: string) => void }) {
  const { t } = useWords();
  const sorted = alarms.toSorted((one, other) => Number(isUnacknowledged(other)) - Number(isUnacknowledged(one)));
  return (
    <footer className="ticker" aria-label={t("wall.alarms")}>
      <strong className="ticker-title">{t("wall.alarms")} <span className="number">{alarms.length}</span></strong>
      <ol className="ticker-list" aria-live="polite">
        {sorted.slice(0, SHOWN).map((alarm) => (
          <li key={alarmId(alarm)}>
            <button type="button" className={`ticker-item${isUnacknowledged(alarm) ? " ticker-new" : ""}`} onClick={() => onOpen(alarm.sn)}>
              <StateShape code={stateOfAlarm(alarm.type)} size={16} />
              <span className="number">{alarm.raised_at === null ? "" : clockTime(new Date(alarm.raised_at * 1000))}</span>
              <b>{alarm.name || alarmSubject(alarm)}</b>
              <span>{alarmName(t, alarm)}</span>
              {alarm.type === "unregistered" && alarm.value !== null && <span className="number">{t("device.raw")} {formatValue(alarm.value)}</span>}
              {alarm.value !== null && alarm.unit && <span className="number">{formatValue(alarm.value)} {alarm.unit}</span>}
              <i>{t(`alarmstate.${alarm.state}`)}</i>
            </button>
          </li>
        ))}
        {alarms.length > SHOWN && <li className="ticker-more number">+{alarms.length - SHOWN}</li>}
        {alarms.length === 0 && <li className="ticker-none">{t("wall.noalarms")}</li>}
      </ol>
    </footer>
  );
}
