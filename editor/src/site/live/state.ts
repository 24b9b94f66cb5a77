/** What state a device is in, for list, plan and wall alike: the worst that is known of it. */
import type { Level } from "../../platform/kit/State";
import { waitsForAcknowledgement } from "./alarms";
import type { Device, OpenAlarm, Reading } from "./types";

export type StateCode = "a2" | "over-range" | "a1" | "fault" | "offline" | "warming" | "uncalibrated" | "silent" | "disabled" | "ok";

export interface DeviceState {
  code: StateCode;
  level: Level;
  /** Somebody has yet to take note of an alarm of this device. */
  unacknowledged: boolean;
  /** The value shown is older than the device's periods allow. */
  stale: boolean;
  /** Shelved or suppressed: alarms are recorded, nobody is told. */
  muted: boolean;
}

/** Missed periods after which a value is old, as the alarm rules count them. */
const MISSED = 3;
const CLOCK = 1;
const FAULT = 16;
const WARMING_UP = 32;
const UNCALIBRATED = 64;

export const WORST_FIRST: StateCode[] = ["a2", "over-range", "a1", "fault", "offline", "uncalibrated", "warming", "silent", "ok", "disabled"];

const LEVELS: Record<StateCode, Level> = {
  a2: "error", "over-range": "error", a1: "warning", fault: "info", offline: "off", warming: "info", uncalibrated: "off", silent: "off", disabled: "off", ok: "ok",
};
const MUTED = new Set(["shelved", "suppressed", "out-of-service"]);
/** Alarms worth the red ripple and the horn; a low battery is not. */
const URGENT = new Set(["A1", "A2", "over-range", "fault", "offline", "unregistered", "link"]);

export const isUnacknowledged = (alarm: OpenAlarm): boolean => waitsForAcknowledgement(alarm) && URGENT.has(alarm.type);

export const beyond = (value: number, level: number | null, direction: string): boolean =>
  level !== null && (direction === "low" ? value < level : value > level);

/** The device's time has jumped, so the reading goes by its arrival and is a new one, whatever came before. */
export const isNewByArrival = ({ flags, time, received_at }: Reading): boolean => (flags & CLOCK) !== 0 && time === received_at;

export function stateOf(device: Device, reading: Reading | undefined, alarms: Iterable<OpenAlarm>, now: number): DeviceState {
  const known = [...alarms];
  const on = (type: string) => known.some((alarm) => alarm.type === type && alarm.active);
  const stale = reading === undefined || now - reading.received_at > MISSED * device.period_s;
  const code = codeOf(device, reading, on, stale);
  return {
    code,
    level: LEVELS[code],
    unacknowledged: known.some(isUnacknowledged),
    stale,
    muted: known.some((alarm) => MUTED.has(alarm.state) && alarm.type !== "warm-up"),
  };
}

function codeOf(device: Device, reading: Reading | undefined, on: (type: string) => boolean, stale: boolean): StateCode {
  if (!device.enabled) return "disabled";
  const value = stale ? null : (reading?.conc ?? null);
  // What the rules have not judged yet (an on-delay runs, no alarm node is deployed) is still shown by its level.
  if (on("A2") || (value !== null && beyond(value, device.a2, device.a2_direction))) return "a2";
  if (on("over-range") || (value !== null && device.range_high !== null && value > device.range_high)) return "over-range";
  if (on("A1") || (value !== null && beyond(value, device.a1, device.a1_direction))) return "a1";
  if (reading === undefined) return "silent";
  if (stale || on("offline")) return "offline";
  if (reading.flags & WARMING_UP) return "warming";
  if (reading.flags & UNCALIBRATED) return "uncalibrated";
  if (on("fault") || reading.flags & FAULT || reading.conc === null) return "fault";
  return "ok";
}

const ALARM_CODES: Record<string, StateCode> = { A1: "a1", A2: "a2", "over-range": "over-range", fault: "fault", offline: "offline", link: "a2", "warm-up": "warming", rise: "a1", stuck: "fault", "zero-drift": "fault", "never-heard": "silent", unregistered: "silent" };

/** The state that an alarm of this type is shown as. */
export const stateOfAlarm = (type: string): StateCode => ALARM_CODES[type] ?? "uncalibrated";
