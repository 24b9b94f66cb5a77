/** The live site in components: followed while one is on the page, drawn again only where something of its device changed. */
import { useCallback, useEffect, useState } from "react";
import { openAlarms } from "./openAlarms";
import { siteData } from "./siteData";
import type { DeviceState } from "./state";
import type { Device, OpenAlarm, Reading } from "./types";

export function useSite(): void {
  useEffect(() => siteData.use(), []);
}

export interface LiveDevice {
  device: Device | undefined;
  reading: Reading | undefined;
  state: DeviceState | undefined;
  alarms: OpenAlarm[];
}

export function useLiveDevice(sn: string): LiveDevice {
  const [, setTurn] = useState(0);
  const again = useCallback(() => setTurn((turn) => turn + 1), []);
  useEffect(() => siteData.listen(sn, again), [sn, again]);
  return { device: siteData.devices.get(sn), reading: siteData.readings.get(sn), state: siteData.state(sn), alarms: [...openAlarms.of(sn)] };
}
