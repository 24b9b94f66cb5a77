/** The server's time, drawn again every few seconds: for ages and countdowns. */
import { useState } from "react";
import { useInterval } from "../../platform/kit/timing";
import { serverClock } from "../live/serverClock";

export function useNow(every_ms: number): number {
  const [now, setNow] = useState(() => serverClock.now());
  useInterval(() => setNow(serverClock.now()), every_ms);
  return now;
}
