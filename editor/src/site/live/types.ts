/** What the site's API and live channels say of devices, readings, alarms and plans. */
import type { ActiveAlarm, Device, Plan } from "../../platform/api/generated";

export type { DebugRun, Device, DeviceFigures as DeviceHealth, FieldProblem, Plan, Reading } from "../../platform/api/generated";

export type Direction = Device["a1_direction"];
export type AlarmState = ActiveAlarm["state"];
export type Priority = ActiveAlarm["priority"];

/** An alarm that is not normal; an event of the flow has all of these too. Times are Unix seconds by the server. */
export type OpenAlarm = Omit<ActiveAlarm, "notified_at" | "repeat_at">;

export interface AlarmBoard {
  now: number;
  alarms: OpenAlarm[];
}

/** The API leaves out what is at its default. */
export const DEVICE_DEFAULTS: Device = {
  sn: "", name: "", gas: "", unit: "ppm", k: null, b: null, t_coef: 0, formula: null, raw_low: null, raw_high: null, range_low: 0, range_high: null,
  a1: null, a1_direction: "high", a1_deadband: 0, a1_delay_s: 0, a2: null, a2_direction: "high", a2_deadband: 0, a2_delay_s: 0,
  location: "", plan_id: null, left_pct: null, top_pct: null, period_s: 10, enabled: true, revision: 1,
};

export const withDefaults = (given: Partial<Device> & { sn: string }): Device => ({ ...DEVICE_DEFAULTS, ...given });

export const planImage = (plan: Plan): string => `/api/plans/${plan.id}/image?v=${plan.digest}`;
