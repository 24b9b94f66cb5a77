/** What a device is called, where it hangs, and how often it reports. */
import { useWords } from "../../platform/i18n";
import { SelectField, SwitchField } from "../../platform/kit/Field";
import { Link } from "../../platform/router/Link";
import { useAllowed } from "../../platform/session/session";
import { useSiteFrame } from "../live/siteData";
import { DraftField } from "./DraftField";
import type { Draft } from "./fields";
import type { DeviceDraft } from "./useDeviceDraft";

export function DetailsCard({ device, draft }: { device: DeviceDraft; draft: Draft }) {
  const { t } = useWords();
  const may = useAllowed("admin");
  const { plans } = useSiteFrame();
  return (
    <section className="card device-card">
      <h2>{t("device.place")}</h2>
      <div className="device-fields">
        <DraftField field="name" device={device} draft={draft} />
        <DraftField field="location" device={device} draft={draft} />
        <DraftField field="period_s" device={device} draft={draft} unit="s" />
        <SelectField label={t("device.plan_id")} disabled={!may} problem={device.problemOf("plan_id")} value={draft.plan_id} onChange={(event) => device.set("plan_id", event.target.value)}
          choices={[{ value: "", label: t("device.none") }, ...plans.map(({ id, name }) => ({ value: String(id), label: name }))]} />
        <DraftField field="left_pct" device={device} draft={draft} unit="%" placeholder="—" />
        <DraftField field="top_pct" device={device} draft={draft} unit="%" placeholder="—" />
      </div>
      <p className="device-onplan"><SwitchField label={t("device.enabled")} disabled={!may} checked={draft.enabled === "true"} onChange={(on) => device.set("enabled", String(on))} />
        {draft.plan_id && <Link href={`/plans?plan=${draft.plan_id}`}>{t("device.onplan")}</Link>}</p>
    </section>
  );
}
