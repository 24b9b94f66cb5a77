/** Shelving an alarm, or suppressing the gas alarms of a device while it is calibrated: why, and until when. */
import { useState } from "react";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { SelectField, TextField } from "../../platform/kit/Field";
import { dateTime } from "../../platform/kit/time";
import { serverClock } from "../live/serverClock";
import { alarmName } from "../live/alarmName";
import type { OpenAlarm } from "../live/types";

const HOURS = [0.5, 1, 2, 4, 8, 24, 72, 168];

interface Props {
  /** The alarm to shelve; without one a device is asked for, to be calibrated. */
  alarm?: OpenAlarm;
  onClose: () => void;
  onDone: (sn: string, reason: string, until: number) => void;
}

export function ShelveDialog({ alarm, onClose, onDone }: Props) {
  const { t } = useWords();
  const [sn, setSn] = useState(alarm?.sn ?? "");
  const [reason, setReason] = useState("");
  const [hours, setHours] = useState(1);
  const kind = alarm ? "shelve" : "calibrate";
  // A little less than the longest that the server allows, for the time it takes to get there.
  const until = serverClock.now() + hours * 3600 - (hours === 168 ? 60 : 0);
  const missing = sn.trim() === "" ? t("alarms.snneeded") : reason.trim() === "" ? t("alarms.shelve.reasonneeded") : "";
  const done = () => {
    onClose();
    onDone(sn.trim(), reason.trim(), until);
  };
  const onKeyDown = (event: React.KeyboardEvent) => event.key === "Enter" && !event.nativeEvent.isComposing && missing === "" && done();
  return (
    <Dialog title={alarm ? t("alarms.shelve.ask", { what: `${alarm.sn} ${alarmName(t, alarm)}` }) : t("alarms.calibrate.ask")} onClose={onClose} foot={<>
      <Button onClick={onClose}>{t("kit.cancel")}</Button>
      <Button kind="primary" icon={alarm ? "archive" : "wrench"} disabledReason={missing} onClick={done}>{t(`alarms.${kind}`)}</Button>
    </>}>
      <p>{t(`alarms.${kind}.intro`)}</p>
      {!alarm && <TextField label={t("alarms.sn")} required autoFocus maxLength={64} value={sn} onChange={(event) => setSn(event.target.value)} onKeyDown={onKeyDown} />}
      <TextField label={t("alarms.shelve.reason")} required autoFocus={alarm !== undefined} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} onKeyDown={onKeyDown} />
      <SelectField label={t("alarms.shelve.for")} value={String(hours)} onChange={(event) => setHours(Number(event.target.value))}
        help={t("alarms.until", { at: dateTime(until) })}
        choices={HOURS.map((count) => ({ value: String(count), label: count < 1 ? t("alarms.minutes", { count: count * 60 }) : count < 48 ? t("alarms.hours", { count }) : t("alarms.days", { count: count / 24 }) }))} />
    </Dialog>
  );
}
