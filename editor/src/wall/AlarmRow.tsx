/** One open alarm of a device. */
import { useWords } from "../i18n";
import { dateTime } from "../kit/time";
import { shown } from "../site/format";
import { StateShape } from "../site/StateShape";
import type { Alarm } from "../site/types";
import { alarmCode } from "./alarms";

export function AlarmRow({ alarm }: { alarm: Alarm }) {
  const { t } = useWords();
  const peak = alarm.peak !== null && alarm.unit ? `${t("wall.peak")} ${shown(alarm.peak)} ${alarm.unit}` : "";
  return (
    <li className="alarm-row">
      <StateShape code={alarmCode(alarm.type)} size={18} />
      <div>
        <b>{t(`alarm.${alarm.type}`)}</b> <i>{t(`alarmstate.${alarm.state}`)}</i>
        <small>{[alarm.raised_at !== null && dateTime(alarm.raised_at), peak, alarm.by].filter(Boolean).join(" · ")}</small>
      </div>
    </li>
  );
}
