/** Says that a device is not completely set up, and takes over what is proposed for it. */
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Icon } from "../../platform/kit/Icon";
import type { Device } from "../live/types";
import { lacking, proposalFor } from "./setup";
import type { DeviceDraft } from "./useDeviceDraft";

export const lacksText = (t: (key: string, values?: Record<string, string | number>) => string, fields: string[]): string =>
  t("device.incomplete", { fields: fields.map((field) => t(field === "level" ? "device.levels" : `device.${field}`)).join("、") });

export function Incomplete({ device, base }: { device: DeviceDraft; base: Device }) {
  const { t } = useWords();
  const fields = lacking(base);
  if (fields.length === 0) return null;
  const proposed = Object.entries(proposalFor(base)).filter(([field]) => !(field in device.changes));
  const take = () => {
    for (const [field, value] of proposed) device.set(field as "range_high", String(value));
  };
  return (
    <p className="device-missing" role="note">
      <Icon name="triangle-alert" size={15} />{lacksText(t, fields)}
      {proposed.length > 0 && <Button needs="admin" onClick={take}>{t("device.propose", { values: proposed.map(([field, value]) => `${t(`device.${field}`)} ${value}`).join("、") })}</Button>}
    </p>
  );
}
