/** Two have changed the same field of a device: which of the two values shall it be? */
import { useState } from "react";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { asText, type FieldName } from "./fields";
import type { Changes, Conflict } from "./useDeviceDraft";

export function MergeDialog({ conflict, mine, onSave, onClose }: { conflict: Conflict; mine: Changes; onSave: (fields: Changes) => void; onClose: () => void }) {
  const { t } = useWords();
  const [theirs, setTheirs] = useState<ReadonlySet<FieldName>>(new Set());
  const choose = (field: FieldName, keep: boolean) => {
    const next = new Set(theirs);
    if (keep) next.delete(field);
    else next.add(field);
    setTheirs(next);
  };
  const save = () => onSave(Object.fromEntries(Object.entries(mine).filter(([field]) => !theirs.has(field as FieldName))));
  return (
    <Dialog wide title={t("merge.title")} onClose={onClose} foot={<><Button onClick={onClose}>{t("kit.cancel")}</Button><Button kind="primary" onClick={save}>{t("merge.save")}</Button></>}>
      <p>{t("merge.text")}</p>
      <table className="table merge">
        <thead><tr><th scope="col">{t("devices.field")}</th><th scope="col">{t("merge.base")}</th><th scope="col">{t("merge.theirs")}</th><th scope="col">{t("merge.mine")}</th></tr></thead>
        <tbody>
          {conflict.clashes.map((clash) => (
            <tr key={clash.field}>
              <th scope="row">{t(`device.${clash.field}`)}</th>
              <td><s>{asText(clash.base) || "—"}</s></td>
              {([false, true] as const).map((keep) => (
                <td key={String(keep)}>
                  <label><input type="radio" name={clash.field} checked={theirs.has(clash.field) !== keep} onChange={() => choose(clash.field, keep)} /> {asText(keep ? clash.mine : clash.theirs) || "—"}</label>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
