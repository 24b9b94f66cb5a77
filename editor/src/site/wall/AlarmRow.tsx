/** One open alarm of a device, with its acknowledgement. */
import { api } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { dateTime } from "../../platform/kit/time";
import { toastError } from "../../platform/kit/toasts";
import { formatValue } from "../live/format";
import { StateShape } from "../live/StateShape";
import type { Alarm } from "../live/types";
import { alarmCode } from "./alarmLook";

const WAITING = new Set(["unacknowledged", "returned", "latched"]);

export function AlarmRow({ alarm }: { alarm: Alarm }) {
  const { t } = useWords();
  const peak = alarm.peak !== null && alarm.unit ? `${t("wall.peak")} ${formatValue(alarm.peak)} ${alarm.unit}` : "";
  const acknowledge = () => api.post("/alarms/acknowledge", { alarms: [{ sn: alarm.sn, type: alarm.type, raised_at: alarm.raised_at }] }).catch(toastError);
  return (
    <li className="alarm-row">
      <StateShape code={alarmCode(alarm.type)} size={18} />
      <div>
        <b>{t(`alarm.${alarm.type}`)}</b> <i>{t(`alarmstate.${alarm.state}`)}</i>
        <small>{[alarm.raised_at !== null && dateTime(alarm.raised_at), peak, alarm.by].filter(Boolean).join(" · ")}</small>
      </div>
      {WAITING.has(alarm.state) && <Button icon="check" needs="operator" onClick={() => void acknowledge()}>{t("wall.acknowledge")}</Button>}
    </li>
  );
}
