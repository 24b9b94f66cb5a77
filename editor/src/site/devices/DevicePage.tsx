/** One device: what it measures now, its calibration and alarm levels, its place and health. */
import { useState } from "react";
import { segment } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { Confirm } from "../../platform/kit/Confirm";
import { ConfirmDelete } from "../../platform/kit/ConfirmDelete";
import { Icon } from "../../platform/kit/Icon";
import { Loading } from "../../platform/kit/Loading";
import { Link } from "../../platform/router/Link";
import { navigate, useLeaveGuard } from "../../platform/router/location";
import { allowed } from "../../platform/session/session";
import { HourChart } from "../chart/HourChart";
import { alarmName } from "../live/alarmName";
import { formatValue } from "../live/format";
import { StateShape } from "../live/StateShape";
import { useLiveDevice, useSite } from "../live/useSite";
import { CalibrationCard } from "./CalibrationCard";
import { DebugButton } from "./DebugButton";
import { DetailsCard } from "./DetailsCard";
import { HealthCard } from "./HealthCard";
import { LevelsCard } from "./LevelsCard";
import { MergeDialog } from "./MergeDialog";
import { useDeviceDraft } from "./useDeviceDraft";
import "./devices.css";

export default function DevicePage({ sn }: { sn: string }) {
  const { t } = useWords();
  useSite();
  const live = useLiveDevice(sn);
  const device = useDeviceDraft(sn);
  const [removing, setRemoving] = useState(false);
  const [disabling, setDisabling] = useState(false);
  const { base, draft, view, changes, conflict } = device;
  const count = Object.keys(changes).length;
  useLeaveGuard(count > 0 ? t("device.unsaved") : null);
  if (device.missing) return <div className="empty"><h1>{t("device.missing", { sn })}</h1><Link href="/devices">{t("page.devices")}</Link></div>;
  if (!base || !draft || !view) return <Loading />;
  const code = live.state?.code ?? "silent";
  const active = live.alarms.filter((alarm) => alarm.active).map((alarm) => alarmName(t, alarm));
  const inAlarm = active.length > 0 ? t("device.inalarm", { sn, alarms: active.join("、") }) : "";
  const save = () => (inAlarm && changes.enabled === false ? setDisabling(true) : void device.save());
  return (
    <div className="device-page">
      <header className="device-head">
        <Link href="/devices" className="device-back" aria-label={t("page.devices")} title={t("page.devices")}><Icon name="arrow-left" /></Link>
        <StateShape code={code} size={30} />
        <div className="device-title">
          <h1>{base.name || sn}</h1>
          <p><code>{sn}</code> · {t(`state.${code}`)}{base.gas && ` · ${base.gas}`}</p>
        </div>
        <div className={`device-now number${live.state?.stale ? " cell-stale" : ""}`} data-testid="now">{formatValue(live.reading?.conc, 2)} <small>{base.unit}</small></div>
        <DebugButton sn={sn} />
        <IconButton icon="trash-2" needs="admin" label={t("device.remove")} onClick={() => setRemoving(true)} />
      </header>
      <div className="device-columns">
        <div className="device-main">
          <CalibrationCard device={device} base={base} draft={draft} missing={view.missing} reading={live.reading} />
          <LevelsCard device={device} draft={draft} />
          <DetailsCard device={device} draft={draft} />
        </div>
        <div className="device-side">
          <section className="card device-card"><h2>{t("device.hour")}</h2><HourChart device={base} height={230} /></section>
          <HealthCard sn={sn} reading={live.reading} first={view.figures} />
        </div>
      </div>
      {count > 0 && (
        <div className="device-save" role="region" aria-label={t("device.changes", { count })}>
          <span>{t("device.changes", { count })}: {Object.keys(changes).map((field) => t(`device.${field}`)).join("、")}</span>
          <Button onClick={device.discard}>{t("device.discard")}</Button>
          <Button kind="primary" icon="save" needs="admin" onClick={save}>{t("kit.save")}</Button>
        </div>
      )}
      {conflict && <MergeDialog conflict={conflict} mine={changes} onSave={(fields) => void device.save(fields, conflict.current)} onClose={device.closeConflict} />}
      {removing && <ConfirmDelete title={t("device.remove")} text={`${inAlarm}${t("device.remove.ask", { sn })}`} path={`/devices/${segment(sn)}`} onGone={() => navigate("/devices")} onClose={() => setRemoving(false)} />}
      {disabling && <Confirm title={t("device.disable.ask")} text={inAlarm} action={t("device.disable")} onYes={() => void device.save()} onClose={() => setDisabling(false)} />}
      {!allowed("admin") && <p className="device-readonly">{t("device.readonly")}</p>}
    </div>
  );
}
