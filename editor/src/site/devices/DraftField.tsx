/** A field of the device in its draft. */
import type { ReactNode } from "react";
import { useWords } from "../../platform/i18n";
import { SelectField, TextField } from "../../platform/kit/Field";
import { useAllowed } from "../../platform/session/session";
import { type Draft, type FieldName, FIELDS } from "./fields";
import type { DeviceDraft } from "./useDeviceDraft";

interface Props {
  field: FieldName;
  device: DeviceDraft;
  draft: Draft;
  unit?: string;
  help?: ReactNode;
  placeholder?: string;
}

export function DraftField({ field, device, draft, unit, help, placeholder }: Props) {
  const { t } = useWords();
  const may = useAllowed("admin");
  const label = t(`device.${field}`);
  const shared = { label, unit, help, problem: device.problemOf(field) };
  if (FIELDS[field] === "direction") {
    return (
      <SelectField {...shared} disabled={!may} value={draft[field]} onChange={(event) => device.set(field, event.target.value)}
        choices={[{ value: "high", label: t("device.high") }, { value: "low", label: t("device.low") }]} />
    );
  }
  const isNumber = FIELDS[field] !== "text";
  return (
    <TextField {...shared} className={field in device.changes ? "input-changed" : ""} inputMode={isNumber ? "decimal" : "text"} readOnly={!may} placeholder={placeholder}
      value={draft[field]} onChange={(event) => device.set(field, event.target.value)} />
  );
}
