/** Floor plans: looked at, uploaded, and in an explicit mode of its own filled with devices. */
import { useState } from "react";
import { api } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { ConfirmDelete } from "../../platform/kit/ConfirmDelete";
import { FileButton } from "../../platform/kit/FileButton";
import { Icon } from "../../platform/kit/Icon";
import { toast, toastError } from "../../platform/kit/toasts";
import { navigate, useLeaveGuard, usePath } from "../../platform/router/location";
import { PlanPicture } from "../live/PlanPicture";
import { siteData, useSiteFrame } from "../live/siteData";
import type { Plan } from "../live/types";
import { useSite } from "../live/useSite";
import { PlacedDot } from "./PlacedDot";
import { PlanEditor } from "./PlanEditor";
import { PlanName } from "./PlanName";
import "./plans.css";

/** As the server has it: plant/plan_image.py. */
const LARGEST_BYTES = 15_000_000;

export default function PlansPage() {
  const { t } = useWords();
  useSite();
  const { loaded, plans, shape } = useSiteFrame();
  usePath();
  const wanted = Number(new URLSearchParams(location.search).get("plan"));
  const plan = plans.find(({ id }) => id === wanted) ?? plans[0];
  const [editing, setEditing] = useState(false);
  const [dirty, setDirty] = useState(false);
  const [removing, setRemoving] = useState(false);
  useLeaveGuard(dirty ? t("plans.unsaved") : null);
  const open = (id: number) => navigate(`/plans?plan=${id}`, true);
  const on = plan ? [...siteData.devices.values()].filter((device) => device.plan_id === plan.id && device.left_pct !== null && device.top_pct !== null) : [];
  return (
    <div className="plans" data-shape={shape}>
      <header className="page-head">
        <h1>{t("page.plans")}</h1>
        {plans.length > 0 && (
          <nav className="wall-plans" aria-label={t("page.plans")}>
            {plans.map(({ id, name }) => <button key={id} type="button" aria-pressed={id === plan?.id} disabled={editing} onClick={() => open(id)}>{name}</button>)}
          </nav>
        )}
        {!editing && <Upload label={t("plans.upload")} primary={plans.length === 0} onDone={(made) => open(made.id)} />}
        {plan && !editing && <>
          <Upload label={t("plans.replace")} replaces={plan.id} onDone={() => undefined} />
          <PlanName plan={plan} />
          <IconButton icon="trash-2" needs="admin" label={t("plans.delete")} onClick={() => setRemoving(true)} />
          <Button icon="pencil" kind="primary" needs="admin" onClick={() => setEditing(true)}>{t("plans.edit")}</Button>
        </>}
      </header>
      {plan && editing ? <PlanEditor key={plan.id} plan={plan} onDirty={setDirty} onClose={() => setEditing(false)} /> : plan ? (
        <div className="plans-view"><PlanPicture plan={plan}>{on.map(({ sn, left_pct, top_pct }) => <PlacedDot key={sn} sn={sn} left={left_pct ?? 0} top={top_pct ?? 0} />)}</PlanPicture></div>
      ) : loaded && (
        <div className="card empty plans-none"><Icon name="map" size={36} /><p>{t("plans.none")}</p><p>{t("plans.limits")}</p></div>
      )}
      {removing && plan && <ConfirmDelete title={t("plans.delete")} text={t("plans.delete.ask", { name: plan.name })} path={`/plans/${plan.id}`} onGone={() => siteData.load()} onClose={() => setRemoving(false)} />}
    </div>
  );
}

function Upload({ label, replaces, primary, onDone }: { label: string; replaces?: number; primary?: boolean; onDone: (plan: Plan) => void }) {
  const { t } = useWords();
  const [busy, setBusy] = useState(false);
  const send = async (file: File) => {
    if (file.size > LARGEST_BYTES) {
      toast("error", t("error.image_bytes"), { hint: t("plans.limits") });
      return;
    }
    setBusy(true);
    try {
      const plan = await api.upload<Plan>(replaces === undefined ? "POST" : "PUT", replaces === undefined ? "/plans" : `/plans/${replaces}/image`, file);
      await siteData.load();
      toast("ok", t("plans.uploaded"));
      onDone(plan);
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <FileButton icon={replaces === undefined ? "upload" : "refresh-cw"} kind={primary ? "primary" : "plain"} label={label} accept="image/jpeg,image/png,.jpg,.jpeg,.png"
      needs="admin" disabledReason={busy && t("plans.sending")} onFile={(file) => void send(file)}>
      {busy ? t("plans.sending") : label}
    </FileButton>
  );
}
