/** What an alarm is about: a device by its serial number, else the site, a channel, or a part of the monitoring itself. */
import { declaredTitle, translate, translateOr } from "../../platform/i18n";

export function alarmSubject({ sn, type }: { sn: string; type: string }): string {
  if (type === "link") return translate("alarm.site");
  if (type === "channel") return translateOr(`channels.${sn}`, sn);
  if (type !== "monitoring") return sn;
  return sn.startsWith("flow:") ? translate("alarm.flow", { name: sn.slice("flow:".length) }) : declaredTitle("service", sn);
}
