/** How a device is doing: packets, battery, signal, when it was last heard. */
import { useState } from "react";
import { api, segment } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { dateTime } from "../../platform/kit/time";
import { useInterval } from "../../platform/kit/timing";
import { age, formatValue } from "../live/format";
import { serverClock } from "../live/serverClock";
import type { DeviceHealth, Reading } from "../live/types";
import type { DeviceView } from "./types";

const AGAIN_MS = 10_000;

export function HealthCard({ sn, reading, first }: { sn: string; reading: Reading | undefined; first: DeviceHealth | null }) {
  const { t } = useWords();
  const [figures, setFigures] = useState(first);
  useInterval(() => void api.get<DeviceView>(`/devices/${segment(sn)}`).then((view) => setFigures(view.figures), () => undefined), AGAIN_MS);
  const bat = reading?.bat ?? figures?.bat;
  const rssi = reading?.rssi ?? figures?.rssi;
  const [off, offBy] = age(Math.abs(figures?.clock_ahead_s ?? 0));
  const [key, n] = age(serverClock.now() - (reading?.received_at ?? 0));
  return (
    <section className="card device-card">
      <h2>{t("device.health")}</h2>
      <div className="gauges">
        <Gauge label={t("devices.loss")} text={figures ? `${formatValue(figures.loss_pct)} %` : "—"} share={figures ? figures.loss_pct / 20 : null} bad={(figures?.loss_pct ?? 0) > 5} />
        <Gauge label={t("device.bat")} text={bat == null ? "—" : `${bat} %`} share={bat == null ? null : bat / 100} bad={(bat ?? 100) < 20} />
        <Gauge label={t("device.rssi")} text={rssi == null ? "—" : `${rssi} dBm`} share={rssi == null ? null : (rssi + 120) / 70} bad={(rssi ?? 0) < -100} />
      </div>
      <dl className="facts">
        <div><dt>{t("device.last")}</dt><dd>{reading ? `${dateTime(reading.received_at)} (${t("devices.ago", { age: t(key, { n }) })})` : "—"}</dd></div>
        <div><dt>{t("device.env")}</dt><dd>{reading ? `${formatValue(reading.temp)} °C · ${reading.humi === null ? "—" : `${formatValue(reading.humi)} %RH`}${reading.net ? ` · ${reading.net}` : ""}` : "—"}</dd></div>
        {figures?.clock_ahead_s != null && <div className="fact-bad"><dt>{t("device.clock")}</dt><dd>{t(figures.clock_ahead_s > 0 ? "device.clock.ahead" : "device.clock.behind", { age: t(off, { n: offBy }) })}</dd></div>}
        {figures && <div><dt>{t("device.packets")}</dt><dd className="number">{t("device.packets.text", { received: figures.received, lost: figures.lost, duplicates: figures.duplicates, late: figures.late, reboots: figures.reboots, malformed: figures.malformed })}</dd></div>}
      </dl>
    </section>
  );
}

function Gauge({ label, text, share, bad }: { label: string; text: string; share: number | null; bad: boolean }) {
  return (
    <div className={`gauge${bad ? " gauge-bad" : ""}`}>
      <span>{label}</span>
      <b className="number">{text}</b>
      <span className="gauge-bar"><i style={{ width: `${Math.max(0, Math.min(1, share ?? 0)) * 100}%` }} /></span>
    </div>
  );
}
