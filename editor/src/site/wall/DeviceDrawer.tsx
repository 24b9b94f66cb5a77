/** What is to be known of one device: value, state, alarms, the last hour, its health. */
import { segment } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Drawer } from "../../platform/kit/Drawer";
import { dateTime } from "../../platform/kit/time";
import { Link } from "../../platform/router/Link";
import { HourChart } from "../chart/HourChart";
import { age, formatValue } from "../live/format";
import { serverClock } from "../live/serverClock";
import { StateShape } from "../live/StateShape";
import { useLiveDevice } from "../live/useSite";
import { AlarmRow } from "./AlarmRow";

export default function DeviceDrawer({ sn, onClose }: { sn: string; onClose: () => void }) {
  const { t } = useWords();
  const { device, reading, state, alarms } = useLiveDevice(sn);
  if (!device || !state) return null;
  const [key, n] = age(serverClock.now() - (reading?.received_at ?? 0));
  const facts: [string, string][] = [
    [t("device.last"), reading ? `${dateTime(reading.received_at)} (${t("wall.ago", { age: t(key, { n }) })})` : "—"],
    [t("device.raw"), reading ? formatValue(reading.v_raw, 1) : "—"],
    [t("device.temp"), reading ? `${formatValue(reading.temp)} °C` : "—"],
    [t("device.humi"), reading?.humi == null ? "—" : `${formatValue(reading.humi)} %RH`],
    [t("device.bat"), reading?.bat == null ? "—" : `${reading.bat} %`],
    [t("device.rssi"), reading?.rssi == null ? "—" : `${reading.rssi} dBm${reading.net ? ` · ${reading.net}` : ""}`],
    [t("device.location"), device.location || "—"],
    [t("device.sn"), sn],
  ];
  return (
    <Drawer title={device.name || sn} onClose={onClose} actions={<Link className="button" href={`/devices/${segment(sn)}`}>{t("wall.device")}</Link>}>
      <div className="drawer-now">
        <StateShape code={state.code} size={34} />
        <div>
          <div className={`drawer-value number${state.stale ? " drawer-stale" : ""}`}>{formatValue(reading?.conc, 2)} <small>{device.unit}</small></div>
          <div className="drawer-state">{[t(`state.${state.code}`), state.muted && t("wall.mutedalarm"), device.gas].filter(Boolean).join(" · ")}</div>
        </div>
      </div>
      {alarms.length > 0 && <ul className="drawer-alarms">{alarms.map((alarm) => <AlarmRow key={alarm.type} alarm={alarm} />)}</ul>}
      <h3>{t("wall.hour")}</h3>
      <HourChart device={device} height={240} />
      <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
    </Drawer>
  );
}
