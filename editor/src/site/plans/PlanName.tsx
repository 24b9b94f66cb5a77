/** The dialog that gives a plan another name. */
import { useState } from "react";
import { api } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { TextField } from "../../platform/kit/Field";
import { toastError } from "../../platform/kit/toasts";
import { siteData } from "../live/siteData";
import type { Plan } from "../live/types";

export function PlanName({ plan }: { plan: Plan }) {
  const { t } = useWords();
  const [name, setName] = useState<string | null>(null);
  const save = async () => {
    try {
      await api.patch(`/plans/${plan.id}`, { name: (name ?? "").trim() });
      await siteData.load();
      setName(null);
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <>
      <Button icon="tag" needs="admin" onClick={() => setName(plan.name)}>{t("plans.rename")}</Button>
      {name !== null && (
        <Dialog title={t("plans.rename")} onClose={() => setName(null)} foot={<Button kind="primary" disabledReason={!name.trim() && t("plans.needname")} onClick={() => void save()}>{t("kit.save")}</Button>}>
          <TextField label={t("plans.name")} value={name} maxLength={80} autoFocus onChange={(event) => setName(event.target.value)} />
        </Dialog>
      )}
    </>
  );
}
