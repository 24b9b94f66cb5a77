/** How many devices are in which state, and the worst of each plan. */
import { siteData } from "../live/siteData";
import { type StateCode, WORST_FIRST } from "../live/state";

export interface Summary {
  counts: Partial<Record<StateCode, number>>;
  worst: Record<number, StateCode>;
}

export function summary(): Summary {
  const counts: Summary["counts"] = {};
  const worst: Summary["worst"] = {};
  for (const device of siteData.devices.values()) {
    const code = siteData.state(device.sn)?.code ?? "silent";
    counts[code] = (counts[code] ?? 0) + 1;
    if (device.plan_id === null) continue;
    const known = worst[device.plan_id];
    if (known === undefined || WORST_FIRST.indexOf(code) < WORST_FIRST.indexOf(known)) worst[device.plan_id] = code;
  }
  return { counts, worst };
}
