/** The same fields for many devices: chosen, looked at, then done. */
import { useState } from "react";
import { api } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { toast, toastError } from "../../platform/kit/toasts";
import { type FieldName, FIELDS, valueOf } from "./fields";
import { hasErrors, OutcomeView } from "./OutcomeView";
import type { Outcome } from "./types";

const CHOICES: FieldName[] = [
  "a1", "a1_deadband", "a1_delay_s", "a1_direction", "a2", "a2_deadband", "a2_delay_s", "a2_direction", "gas", "unit", "location", "period_s",
  "range_low", "range_high", "raw_low", "raw_high", "k", "b", "t_coef", "enabled",
];

export function BulkEdit({ sns, onClose }: { sns: string[]; onClose: () => void }) {
  const { t } = useWords();
  const [lines, setLines] = useState<{ field: FieldName; text: string }[]>([{ field: "a1", text: "" }]);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const set = (at: number, line: Partial<{ field: FieldName; text: string }>) => {
    setOutcome(null);
    setLines(lines.map((known, index) => (index === at ? { ...known, ...line } : known)));
  };
  const run = async (dry_run: boolean) => {
    try {
      const fields = Object.fromEntries(lines.map(({ field, text }) => [field, valueOf(field, text)]));
      const answer = await api.patch<Outcome>("/devices", { sns, fields, dry_run });
      setOutcome(answer);
      if (!answer.stored) return;
      toast("ok", t("devices.done", { count: answer.changed }));
      onClose();
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Dialog wide title={t("devices.bulk", { count: sns.length })} onClose={onClose} foot={<>
      <Button onClick={() => void run(true)}>{t("devices.preview")}</Button>
      <Button kind="primary" disabledReason={outcome === null ? t("devices.look") : hasErrors(outcome) && t("devices.wrong")} onClick={() => void run(false)}>{t("devices.apply")}</Button>
    </>}>
      <div className="bulk-lines">
        {lines.map((line, at) => (
          <div key={at} className="bulk-line">
            <select className="input" aria-label={t("devices.field")} value={line.field} onChange={(event) => set(at, { field: event.target.value as FieldName, text: "" })}>
              {CHOICES.map((name) => <option key={name} value={name}>{t(`device.${name}`)}</option>)}
            </select>
            <ValueInput field={line.field} text={line.text} onText={(text) => set(at, { text })} />
            <IconButton icon="x" label={t("kit.delete")} onClick={() => { setOutcome(null); setLines(lines.filter((_, index) => index !== at)); }} />
          </div>
        ))}
        <Button icon="plus" onClick={() => { setOutcome(null); setLines([...lines, { field: CHOICES.find((name) => !lines.some(({ field }) => field === name)) ?? "a1", text: "" }]); }}>{t("devices.field.add")}</Button>
      </div>
      {outcome && <OutcomeView outcome={outcome} lines={false} />}
    </Dialog>
  );
}

function ValueInput({ field, text, onText }: { field: FieldName; text: string; onText: (text: string) => void }) {
  const { t } = useWords();
  const label = t("devices.newvalue");
  const choices = FIELDS[field] === "switch" ? [["true", t("devices.on")], ["false", t("devices.off")]] : FIELDS[field] === "direction" ? [["high", t("device.high")], ["low", t("device.low")]] : null;
  if (!choices) return <input className="input number" aria-label={label} placeholder={FIELDS[field] === "empty-or-number" ? t("devices.emptied") : ""} value={text} onChange={(event) => onText(event.target.value)} />;
  return (
    <select className="input" aria-label={label} value={text} onChange={(event) => onText(event.target.value)}>
      <option value="">—</option>
      {choices.map(([value, shown]) => <option key={value} value={value}>{shown}</option>)}
    </select>
  );
}
