/** The server's time, drawn again every few seconds: for ages and countdowns. */
import { useEffect, useState } from "react";
import { serverNow } from "../live/serverTime";

export function useNow(every_ms: number): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), every_ms);
    return () => clearInterval(timer);
  }, [every_ms]);
  return now;
}
