/** Shelving: why, and until when. */
import { useState } from "react";
import { useWords } from "../i18n";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { SelectField, TextField } from "../kit/Field";
import { dateTime } from "../kit/time";
import { serverNow } from "../site/serverTime";
import type { ActiveAlarm } from "./types";

const HOURS = [0.5, 1, 2, 4, 8, 24, 72, 168];

export function ShelveDialog({ alarm, onClose, onShelve }: { alarm: ActiveAlarm; onClose: () => void; onShelve: (reason: string, until: number) => void }) {
  const { t } = useWords();
  const [reason, setReason] = useState("");
  const [hours, setHours] = useState(1);
  // A little less than the longest that the server allows, for the time it takes to get there.
  const until = serverNow() + hours * 3600 - (hours === 168 ? 60 : 0);
  const shelve = () => {
    onClose();
    onShelve(reason.trim(), until);
  };
  return (
    <Dialog title={t("alarms.shelve.ask", { what: `${alarm.sn} ${t(`alarm.${alarm.type}`)}` })} onClose={onClose} foot={<>
      <Button onClick={onClose}>{t("kit.cancel")}</Button>
      <Button kind="primary" icon="archive" refused={reason.trim() === "" && t("alarms.shelve.reasonneeded")} onClick={shelve}>{t("alarms.shelve")}</Button>
    </>}>
      <p>{t("alarms.shelve.intro")}</p>
      <TextField label={t("alarms.shelve.reason")} required autoFocus maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && !event.nativeEvent.isComposing && reason.trim() !== "" && shelve()} />
      <SelectField label={t("alarms.shelve.for")} value={String(hours)} onChange={(event) => setHours(Number(event.target.value))}
        help={t("alarms.until", { at: dateTime(until) })}
        choices={HOURS.map((count) => ({ value: String(count), label: count < 1 ? t("alarms.minutes", { count: count * 60 }) : count < 48 ? t("alarms.hours", { count }) : t("alarms.days", { count: count / 24 }) }))} />
    </Dialog>
  );
}
