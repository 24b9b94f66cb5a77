/** The rows of the device list: filtered and sorted as the address says. */
import { siteData } from "../live/siteData";
import { type DeviceState, WORST_FIRST } from "../live/state";
import type { Device, DeviceHealth, Reading } from "../live/types";

export interface Row {
  device: Device;
  reading: Reading | undefined;
  state: DeviceState;
  figures: DeviceHealth | undefined;
}

export type SortKey = "state" | "name" | "sn" | "gas" | "location" | "value" | "bat" | "rssi" | "loss" | "seen";

export interface Query {
  text: string;
  state: string;
  plan: string;
  gas: string;
  sort: SortKey;
  down: boolean;
}

const UNKNOWN: DeviceState = { code: "silent", level: "off", unacknowledged: false, stale: true, muted: false };
const KEYS: Record<SortKey, (row: Row) => number | string> = {
  state: (row) => WORST_FIRST.indexOf(row.state.code),
  name: (row) => row.device.name || row.device.sn,
  sn: (row) => row.device.sn,
  gas: (row) => row.device.gas,
  location: (row) => row.device.location,
  value: (row) => row.reading?.conc ?? Number.NEGATIVE_INFINITY,
  bat: (row) => row.reading?.bat ?? 101,
  rssi: (row) => row.reading?.rssi ?? 1,
  loss: (row) => row.figures?.loss_pct ?? -1,
  seen: (row) => row.reading?.received_at ?? 0,
};

export function readQuery(search: string): Query {
  const given = new URLSearchParams(search);
  const sort = given.get("sort") ?? "sn";
  const key = sort.replace("-", "");
  return {
    text: given.get("q") ?? "", state: given.get("state") ?? "", plan: given.get("plan") ?? "", gas: given.get("gas") ?? "",
    sort: key in KEYS ? (key as SortKey) : "sn", down: sort.startsWith("-"),
  };
}

export function writeQuery(query: Query): string {
  const given = new URLSearchParams();
  if (query.text) given.set("q", query.text);
  for (const key of ["state", "plan", "gas"] as const) if (query[key]) given.set(key, query[key]);
  const sort = `${query.down ? "-" : ""}${query.sort}`;
  if (sort !== "sn") given.set("sort", sort);
  const text = given.toString();
  return text ? `?${text}` : "";
}

export function allRows(figures: Map<string, DeviceHealth>): Row[] {
  return [...siteData.devices.values()].map((device) => ({
    device, reading: siteData.readings.get(device.sn), state: siteData.state(device.sn) ?? UNKNOWN, figures: figures.get(device.sn),
  }));
}

export function visibleRows(rows: Row[], query: Query): Row[] {
  const text = query.text.trim().toLowerCase();
  const wanted = rows.filter(({ device, state }) =>
    (!text || `${device.sn} ${device.name} ${device.location} ${device.gas}`.toLowerCase().includes(text)) &&
    (!query.state || state.code === query.state) &&
    (!query.gas || device.gas === query.gas) &&
    (!query.plan || String(device.plan_id ?? "none") === query.plan),
  );
  const key = KEYS[query.sort];
  const sign = query.down ? -1 : 1;
  const compare = new Intl.Collator("zh-CN", { numeric: true }).compare;
  return wanted.map((row) => [key(row), row] as const).sort(([one, first], [other, second]) => {
    const by = typeof one === "number" && typeof other === "number" ? one - other : compare(String(one), String(other));
    return sign * (by || compare(first.device.sn, second.device.sn));
  }).map(([, row]) => row);
}
