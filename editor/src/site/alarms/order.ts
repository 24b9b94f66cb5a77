/** The order of the list, what can be done with an alarm, and how it looks. */
import type { Level } from "../../platform/kit/State";
import type { AlarmState, OpenAlarm, Priority } from "../live/types";

const STATE_RANK: Record<AlarmState, number> = {
  unacknowledged: 0, acknowledged: 1, latched: 2, "latched-acknowledged": 2, returned: 3, shelved: 4, suppressed: 5, "out-of-service": 6, normal: 7,
};
export const PRIORITY_RANK: Record<Priority, number> = { critical: 0, high: 1, medium: 2, low: 3 };

/** What is active and unacknowledged before all else, then by urgency, then the latest. */
export function inOrder(alarms: Iterable<OpenAlarm>): OpenAlarm[] {
  return [...alarms].sort((one, other) =>
    STATE_RANK[one.state] - STATE_RANK[other.state]
    || PRIORITY_RANK[one.priority] - PRIORITY_RANK[other.priority]
    || (other.raised_at ?? 0) - (one.raised_at ?? 0));
}

export const isShelved = ({ state }: { state: AlarmState }): boolean => state === "shelved";
export const canShelve = ({ state }: { state: AlarmState }): boolean => !["shelved", "suppressed", "out-of-service", "normal"].includes(state);
export const canReset = ({ state }: { state: AlarmState }): boolean => state === "latched" || state === "latched-acknowledged";

export const priorityBadge: Record<Priority, string> = { critical: "badge-error", high: "badge-warning", medium: "badge-info", low: "" };

export function levelOf(alarm: { state: AlarmState; priority: Priority }): Level {
  switch (alarm.state) {
    case "unacknowledged": return alarm.priority === "critical" || alarm.priority === "high" ? "error" : "warning";
    case "acknowledged": return "warning";
    case "latched": case "latched-acknowledged": case "returned": return "info";
    case "normal": return "ok";
    default: return "off";
  }
}
