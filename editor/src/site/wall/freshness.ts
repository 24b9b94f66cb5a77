/** Whether what the wall shows is of now. A frozen wall must never look like a safe one. */
import { useConnection } from "../../platform/api/socket";
import { serverClock } from "../live/serverClock";
import { siteData, useSiteFrame } from "../live/siteData";

export interface Freshness {
  /** Nothing here is to be believed. */
  frozen: boolean;
  linkLost: boolean;
  /** Seconds since the link was lost. */
  lostFor: number;
  /** Seconds since anything was heard of any device; null when nothing ever was. */
  dataAge: number | null;
}

const LEAST_S = 8;

/** Drawn again with every tick of the site, so once a second. */
export function useFreshness(): Freshness {
  useSiteFrame(({ tick }) => tick);
  const { newest } = siteData;
  const { lostAt } = useConnection();
  const shortest = Math.min(60, ...[...siteData.devices.values()].filter(({ enabled }) => enabled).map(({ period_s }) => period_s));
  const dataAge = newest === 0 ? null : Math.max(0, serverClock.now() - newest);
  const quiet = dataAge !== null && dataAge > Math.max(LEAST_S, 1.5 * shortest + 2);
  return { frozen: lostAt !== null || quiet, linkLost: lostAt !== null, lostFor: lostAt === null ? 0 : (Date.now() - lostAt) / 1000, dataAge };
}
