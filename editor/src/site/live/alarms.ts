/** What can be asked of open alarms, and how events change them. */
import type { AlarmState, OpenAlarm } from "./types";

/** By device, then by type. What has not changed keeps its identity. */
export type AlarmsByDevice = ReadonlyMap<string, ReadonlyMap<string, OpenAlarm>>;

export const alarmKey = (alarm: { sn: string; type: string }): string => `${alarm.sn} ${alarm.type}`;

/** Another alarm of the same device and type has another id. */
export const alarmId = (alarm: OpenAlarm): string => `${alarmKey(alarm)} ${alarm.raised_at ?? ""}`;

export const waitsForAcknowledgement = ({ state }: { state: AlarmState }): boolean => state === "unacknowledged" || state === "returned" || state === "latched";

export const alarmsIn = (bySn: AlarmsByDevice | null): OpenAlarm[] => [...(bySn?.values() ?? [])].flatMap((ofDevice) => [...ofDevice.values()]);

export const latestFirst = (alarms: readonly OpenAlarm[]): OpenAlarm[] => alarms.toSorted((one, other) => (other.raised_at ?? 0) - (one.raised_at ?? 0));

/** The alarms with what happened since; one that is normal again is gone. */
export function withEvents(bySn: AlarmsByDevice, events: readonly OpenAlarm[]): AlarmsByDevice {
  const next = new Map(bySn);
  for (const event of events) {
    const ofDevice = new Map(next.get(event.sn));
    if (event.state === "normal") ofDevice.delete(event.type);
    else ofDevice.set(event.type, event);
    if (ofDevice.size > 0) next.set(event.sn, ofDevice);
    else next.delete(event.sn);
  }
  return next;
}
