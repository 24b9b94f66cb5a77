/** The alarm levels of a device: value, side, how far it must come back, how long it must last. */
import { useWords } from "../../platform/i18n";
import { StateShape } from "../live/StateShape";
import { DraftField } from "./DraftField";
import type { Draft } from "./fields";
import type { DeviceDraft } from "./useDeviceDraft";

export function LevelsCard({ device, draft }: { device: DeviceDraft; draft: Draft }) {
  const { t } = useWords();
  return (
    <section className="card device-card">
      <h2>{t("device.levels")}</h2>
      {(["a1", "a2"] as const).map((level) => (
        <fieldset key={level} className="level">
          <legend><StateShape code={level} size={18} />{t(`state.${level}`)}</legend>
          <div className="device-fields level-fields">
            <DraftField field={level} device={device} draft={draft} unit={draft.unit} placeholder={t("device.none")} />
            <DraftField field={`${level}_direction`} device={device} draft={draft} />
            <DraftField field={`${level}_deadband`} device={device} draft={draft} unit={draft.unit} />
            <DraftField field={`${level}_delay_s`} device={device} draft={draft} unit="s" />
          </div>
        </fieldset>
      ))}
    </section>
  );
}
