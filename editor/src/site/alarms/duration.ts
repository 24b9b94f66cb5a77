/** A length of time in its two largest units. */
import { translate } from "../../platform/i18n";

const UNITS: [number, string][] = [[86400, "alarms.days"], [3600, "alarms.hours"], [60, "alarms.minutes"], [1, "alarms.seconds"]];

export function duration(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds));
  const parts: string[] = [];
  for (const [size, key] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(translate(key, { count }));
  }
  return parts.slice(0, 2).join(" ") || translate("alarms.seconds", { count: 0 });
}
