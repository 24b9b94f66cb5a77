/** How a raw value becomes a concentration: k, b, t_coef or another formula, tried live before it is saved. */
import { useState } from "react";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Icon } from "../../platform/kit/Icon";
import type { Device, Reading } from "../live/types";
import { DraftField } from "./DraftField";
import type { Draft } from "./fields";
import { FormulaEditor } from "./FormulaEditor";
import { Incomplete } from "./Incomplete";
import { LiveTrial } from "./LiveTrial";
import { Recalibration } from "./Recalibration";
import type { DeviceDraft } from "./useDeviceDraft";

interface Props {
  device: DeviceDraft;
  base: Device;
  draft: Draft;
  missing: string[];
  reading: Reading | undefined;
}

export function CalibrationCard({ device, base, draft, missing, reading }: Props) {
  const { t } = useWords();
  const [preview, setPreview] = useState(false);
  return (
    <section className="card device-card">
      <h2>{t("device.calibration")}</h2>
      {missing.length > 0 && <p className="device-missing" role="note"><Icon name="triangle-alert" size={15} />{t("device.lacks", { names: missing.join(", ") })}</p>}
      <Incomplete device={device} base={base} />
      <FormulaEditor device={device} draft={draft} />
      <div className="device-fields">
        <DraftField field="k" device={device} draft={draft} placeholder="—" />
        <DraftField field="b" device={device} draft={draft} unit={draft.unit} placeholder="—" />
        <DraftField field="t_coef" device={device} draft={draft} unit={`${draft.unit}/°C`} />
      </div>
      <LiveTrial device={device} base={base} draft={draft} reading={reading} />
      <div className="device-fields">
        <DraftField field="range_low" device={device} draft={draft} unit={draft.unit} />
        <DraftField field="range_high" device={device} draft={draft} unit={draft.unit} placeholder="—" />
        <DraftField field="unit" device={device} draft={draft} />
        <DraftField field="raw_low" device={device} draft={draft} help={t("device.raw_low.help")} placeholder="—" />
        <DraftField field="raw_high" device={device} draft={draft} help={t("device.raw_high.help")} placeholder="—" />
        <DraftField field="gas" device={device} draft={draft} />
      </div>
      <Button icon="history" aria-expanded={preview} onClick={() => setPreview(!preview)}>{t("device.preview")}</Button>
      {preview && <Recalibration sn={base.sn} device={device} unit={draft.unit} />}
    </section>
  );
}
