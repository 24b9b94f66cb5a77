/** The rows of the list; only those in sight are in the page, so ten thousand are no more than thirty. */
import { useRef } from "react";
import { segment } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { useVirtualRows } from "../../platform/kit/virtualRows";
import { Link } from "../../platform/router/Link";
import { age, formatValue } from "../live/format";
import { serverClock } from "../live/serverClock";
import { useSiteFrame } from "../live/siteData";
import { StateText } from "../live/StateShape";
import { lacksText } from "./Incomplete";
import type { Query, Row, SortKey } from "./rows";
import { lacking } from "./setup";

const ROW_HEIGHT = 40;
const COLUMNS: [SortKey, string][] = [
  ["state", "devices.state"], ["name", "device.name"], ["gas", "device.gas"], ["location", "device.location"], ["value", "devices.value"],
  ["bat", "device.bat"], ["rssi", "device.rssi"], ["loss", "devices.loss"], ["seen", "devices.seen"],
];

interface Props {
  rows: Row[];
  query: Query;
  onSort: (key: SortKey) => void;
  picked: ReadonlySet<string>;
  onPick: (picked: ReadonlySet<string>) => void;
}

export function DeviceRows({ rows, query, onSort, picked, onPick }: Props) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const { first, last, above, below } = useVirtualRows(box, rows.length, ROW_HEIGHT);
  const all = rows.length > 0 && rows.every(({ device }) => picked.has(device.sn));
  const toggle = (sn: string) => {
    const next = new Set(picked);
    if (!next.delete(sn)) next.add(sn);
    onPick(next);
  };
  return (
    <div className="device-table card" role="table" aria-label={t("page.devices")} aria-rowcount={rows.length + 1}>
      <div className="device-row device-head" role="row">
        <span role="columnheader"><input type="checkbox" aria-label={t("devices.all")} checked={all} onChange={() => onPick(new Set(all ? [] : rows.map(({ device }) => device.sn)))} /></span>
        {COLUMNS.map(([key, label]) => (
          <span key={key} role="columnheader" className={`cell-${key}`} aria-sort={query.sort === key ? (query.down ? "descending" : "ascending") : "none"}>
            <button type="button" onClick={() => onSort(key)}>{t(label)}{query.sort === key && <span aria-hidden="true">{query.down ? " ▾" : " ▴"}</span>}</button>
          </span>
        ))}
      </div>
      <div className="device-body" ref={box} tabIndex={0} role="rowgroup">
        <div style={{ height: above }} />
        {rows.slice(first, last).map((row, at) => <DeviceRow key={row.device.sn} row={row} number={first + at + 2} picked={picked.has(row.device.sn)} onPick={toggle} />)}
        <div style={{ height: below }} />
        {rows.length === 0 && <p className="empty">{t("devices.none")}</p>}
      </div>
    </div>
  );
}

function DeviceRow({ row: { device, reading, state, figures }, number, picked, onPick }: { row: Row; number: number; picked: boolean; onPick: (sn: string) => void }) {
  const { t } = useWords();
  const debugging = useSiteFrame((frame) => frame.debugging[device.sn] !== undefined);
  const [key, n] = age(serverClock.now() - (reading?.received_at ?? 0));
  return (
    <div className={`device-row${state.unacknowledged ? " device-alarm" : ""}`} role="row" aria-rowindex={number} data-sn={device.sn}>
      <span role="cell"><input type="checkbox" aria-label={t("devices.pick", { sn: device.sn })} checked={picked} onChange={() => onPick(device.sn)} /></span>
      <span role="cell" className="cell-state"><StateText code={state.code} text={t(`state.${state.code}`)} />{lacking(device).length > 0 && device.enabled && <b className="badge" title={lacksText(t, lacking(device))}>{t("devices.incomplete")}</b>}{debugging && <b className="badge badge-error">{t("devices.debugging")}</b>}</span>
      <span role="cell" className="cell-name"><Link href={`/devices/${segment(device.sn)}`}>{device.name || device.sn}</Link>{device.name && <small>{device.sn}</small>}</span>
      <span role="cell" className="cell-gas">{device.gas || "—"}</span>
      <span role="cell" className="cell-location">{device.location || "—"}</span>
      <span role="cell" className={`cell-value number${state.stale ? " cell-stale" : ""}`}>{formatValue(reading?.conc, 2)} <small>{device.unit}</small></span>
      <span role="cell" className={`cell-bat number${(reading?.bat ?? 100) < 20 ? " cell-bad" : ""}`}>{reading?.bat == null ? "—" : `${reading.bat} %`}</span>
      <span role="cell" className={`cell-rssi number${(reading?.rssi ?? 0) < -100 ? " cell-bad" : ""}`}>{reading?.rssi == null ? "—" : `${reading.rssi} dBm`}</span>
      <span role="cell" className={`cell-loss number${(figures?.loss_pct ?? 0) > 5 ? " cell-bad" : ""}`}>{figures ? `${formatValue(figures.loss_pct)} %` : "—"}</span>
      <span role="cell" className="cell-seen number">{reading ? t("devices.ago", { age: t(key, { n }) }) : "—"}</span>
    </div>
  );
}
