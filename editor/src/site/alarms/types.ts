/** What /api/alarms and the live channel `alarms` say. Times are Unix seconds. */
import type { AttemptRecord } from "../channels/types";
import type { AlarmState, OpenAlarm, Priority } from "../live/types";

export interface AlarmEvent extends OpenAlarm {
  id: string;
  kind: string;
  at: number;
  revision: number;
  lasted_s: number;
  notified: boolean;
  /** "" when people were notified, else why not. */
  not_notified_reason: "" | "hold" | "recorded-only" | "alarm-not-notified" | "shelved" | "suppressed" | "out-of-service";
  quiet_until: number | null;
  story: Record<string, unknown>;
}

export interface AlarmRecord {
  id: number;
  sn: string;
  type: string;
  raised_at: number;
  priority: Priority;
  state: AlarmState;
  active: boolean;
  value: number | null;
  peak: number | null;
  threshold: number | null;
  unit: string;
  notified: boolean;
  name: string;
  location: string;
  returned_at: number | null;
  acknowledged_at: number | null;
  acknowledged_by: string;
}

export interface Story {
  alarm: AlarmRecord;
  first: Record<string, unknown>;
  events: { event: AlarmEvent; recorded_at: number }[];
  notifications: AttemptRecord[];
}

interface Often {
  sn: string;
  type: string;
  count: number;
}

export interface AlarmMetrics {
  days: number;
  raised: number;
  per_day: number;
  per_10_min: number;
  most_in_10_min: number;
  floods: number;
  flood_pct: number;
  chattering: Often[];
  fleeting: number;
  stale: { sn: string; type: string; since: number }[];
  most_frequent: Often[];
  top_pct: number;
  by_priority: Partial<Record<Priority, number>>;
  acknowledged_after_s: number | null;
}
