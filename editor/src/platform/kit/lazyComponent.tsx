/**
 * A component of another chunk, drawn in the moment it arrives: `later(() => import("…"))`.
 *
 * React's own `lazy` holds what arrives back for up to 300 ms after the last fallback was drawn, which made a page wait three times.
 */
import { type ComponentType, createElement, type ReactNode, useEffect, useState } from "react";
import { onReconnect, useConnection } from "../api/socket";

export function lazyComponent<P extends object>(load: () => Promise<ComponentType<P>>, Meanwhile?: ComponentType<P>): ComponentType<P> {
  let here: ComponentType<P> | null = null;
  return function Later(props: P): ReactNode {
    const [View, arrived] = useState(() => here);
    const [failure, fail] = useState<{ error: unknown } | null>(null);
    useEffect(() => {
      if (View) return;
      let stop = (): void => undefined;
      const attempt = (): void => void load().then((component) => {
        here = component;
        arrived(() => component);
      }).catch((error: unknown) => {
        if (useConnection.getState().lostAt === null) return fail({ error });
        // The server is away, as the page says: what it could not send is asked for when it is back.
        stop = onReconnect(() => { stop(); attempt(); });
      });
      attempt();
      return () => stop();
    }, [View]);
    // The frame round a page tells it; the next visit tries again.
    if (failure) throw failure.error;
    return View ? createElement(View, props) : Meanwhile ? createElement(Meanwhile, props) : null;
  };
}
