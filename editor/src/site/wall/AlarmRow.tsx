/** One open alarm of a device, with its acknowledgement. */
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { dateTime } from "../../platform/kit/time";
import { toastError } from "../../platform/kit/toasts";
import { waitsForAcknowledgement } from "../live/alarms";
import { alarmName } from "../live/alarmName";
import { formatValue } from "../live/format";
import { openAlarms } from "../live/openAlarms";
import { stateOfAlarm } from "../live/state";
import { StateShape } from "../live/StateShape";
import type { OpenAlarm } from "../live/types";

export function AlarmRow({ alarm }: { alarm: OpenAlarm }) {
  const { t } = useWords();
  const peak = alarm.peak !== null && alarm.unit ? `${t(alarm.side === "low" ? "wall.lowest" : "wall.highest")} ${formatValue(alarm.peak)} ${alarm.unit}` : "";
  const acknowledge = () => openAlarms.acknowledge([alarm]).catch(toastError);
  return (
    <li className="alarm-row">
      <StateShape code={stateOfAlarm(alarm.type)} size={18} />
      <div>
        <b>{alarmName(t, alarm)}</b> <i>{t(`alarmstate.${alarm.state}`)}</i>
        <small>{[alarm.raised_at !== null && dateTime(alarm.raised_at), peak, alarm.by].filter(Boolean).join(" · ")}</small>
      </div>
      {waitsForAcknowledgement(alarm) && <Button icon="check" needs="operator" onClick={() => void acknowledge()}>{t("wall.acknowledge")}</Button>}
    </li>
  );
}
