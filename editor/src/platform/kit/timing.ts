/** What happens in time: again and again, once something stands still, not too often. */
import { useEffect, useEffectEvent, useState } from "react";

/** Calls while the component is there; null: not just now. The first call is after the first wait. */
export function useInterval(call: () => void, every_ms: number | null): void {
  const latest = useEffectEvent(call);
  useEffect(() => {
    if (every_ms === null) return;
    const timer = setInterval(() => latest(), every_ms);
    return () => clearInterval(timer);
  }, [every_ms]);
}

/** `value` as it was when it last stood still for so long: someone types. */
export function useDebounced<T>(value: T, wait_ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), wait_ms);
    return () => clearTimeout(timer);
  }, [value, wait_ms]);
  return settled;
}

/** A call that is made at most once in a while, however often it is asked for; `stop` drops the one that waits. */
export function throttled(call: () => void, every_ms: number): { soon: () => void; stop: () => void } {
  let timer: number | null = null;
  return {
    soon: () => {
      timer ??= window.setTimeout(() => {
        timer = null;
        call();
      }, every_ms);
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
