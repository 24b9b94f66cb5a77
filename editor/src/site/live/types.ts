/** What the site's API and live channels say of devices, readings, alarms and plans. */
export type Direction = "high" | "low";

export interface Device {
  sn: string;
  name: string;
  gas: string;
  unit: string;
  k: number | null;
  b: number | null;
  t_coef: number;
  formula: string | null;
  raw_low: number | null;
  raw_high: number | null;
  range_low: number;
  range_high: number | null;
  a1: number | null;
  a1_direction: Direction;
  a1_deadband: number;
  a1_delay_s: number;
  a2: number | null;
  a2_direction: Direction;
  a2_deadband: number;
  a2_delay_s: number;
  location: string;
  plan_id: number | null;
  left_pct: number | null;
  top_pct: number | null;
  period_s: number;
  enabled: boolean;
  revision: number;
}

/** The API leaves out what is at its default. */
export const DEVICE_DEFAULTS: Device = {
  sn: "", name: "", gas: "", unit: "ppm", k: null, b: null, t_coef: 0, formula: null, raw_low: null, raw_high: null, range_low: 0, range_high: null,
  a1: null, a1_direction: "high", a1_deadband: 0, a1_delay_s: 0, a2: null, a2_direction: "high", a2_deadband: 0, a2_delay_s: 0,
  location: "", plan_id: null, left_pct: null, top_pct: null, period_s: 10, enabled: true, revision: 1,
};

export const withDefaults = (given: Partial<Device> & { sn: string }): Device => ({ ...DEVICE_DEFAULTS, ...given });

export interface DeviceHealth {
  sn: string;
  received: number;
  lost: number;
  loss_pct: number;
  duplicates: number;
  late: number;
  reboots: number;
  last_seen: number;
  bat: number | null;
  rssi: number | null;
  net: string | null;
  flags: number;
}

export interface Reading {
  sn: string;
  ts: number;
  seq: number;
  v_raw: number;
  temp: number;
  err: number;
  humi: number | null;
  bat: number | null;
  rssi: number | null;
  net: string | null;
  time: number;
  received_at: number;
  conc: number | null;
  conc_raw: number | null;
  flags: number;
}

export type AlarmState =
  | "normal" | "unacknowledged" | "acknowledged" | "returned" | "latched" | "latched-acknowledged" | "shelved" | "suppressed" | "out-of-service";

export type Priority = "critical" | "high" | "medium" | "low";

/** An alarm that is not normal; an event of the flow has all of these too. Times are Unix seconds by the server. */
export interface OpenAlarm {
  sn: string;
  type: string;
  priority: Priority;
  state: AlarmState;
  active: boolean;
  raised_at: number | null;
  returned_at: number | null;
  value: number | null;
  peak: number | null;
  threshold: number | null;
  unit: string;
  name: string;
  location: string;
  by: string;
  reason: string;
  until: number | null;
}

export interface AlarmBoard {
  now: number;
  alarms: OpenAlarm[];
}

export interface Plan {
  id: number;
  name: string;
  width: number;
  height: number;
  digest: string;
}

/** Fast reporting of one device; `ends_at` is null when it is over. Unix seconds by the server's clock. */
export interface DebugRun {
  sn: string;
  interval_s: number;
  started_at: number;
  ends_at: number | null;
  by: string;
}

export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

export const planImage = (plan: Plan): string => `/api/plans/${plan.id}/image?v=${plan.digest}`;
