/** How alarms look on the wall. */
import type { StateCode } from "../live/state";
import type { OpenAlarm } from "../live/types";

const CODES: Record<string, StateCode> = { A1: "a1", A2: "a2", "over-range": "over-range", fault: "fault", offline: "offline", link: "a2", "warm-up": "warming" };

export const alarmCode = (type: string): StateCode => CODES[type] ?? "uncalibrated";

/** Another alarm of the same device and type has another id. */
export const alarmId = (alarm: OpenAlarm): string => `${alarm.sn} ${alarm.type} ${alarm.raised_at ?? ""}`;
