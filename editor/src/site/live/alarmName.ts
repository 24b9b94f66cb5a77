/** What people call an alarm: a level by its side and gas (欠氧, 过氧, 低浓度), everything else by its type. */
import type { OpenAlarm } from "./types";

const OXYGEN = /^(o2|o₂|oxygen|氧气?)$/i;

export function alarmName(t: (key: string) => string, { type, side, gas }: Pick<OpenAlarm, "type"> & Partial<Pick<OpenAlarm, "side" | "gas">>): string {
  if (type !== "A1" && type !== "A2") return t(`alarm.${type}`);
  if (OXYGEN.test(gas?.trim() ?? "")) return t(side === "low" ? `alarm.deficiency.${type}` : `alarm.enrichment.${type}`);
  return t(side === "low" ? `alarm.low.${type}` : `alarm.${type}`);
}
