/** The licence: how the site stands, for which machine, and a place to enter a key and ask again. It works while all else is locked. */
import { useEffect, useState } from "react";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { TextField } from "../../platform/kit/Field";
import { Icon } from "../../platform/kit/Icon";
import { Loading } from "../../platform/kit/Loading";
import { dateTime } from "../../platform/kit/time";
import { toast } from "../../platform/kit/toasts";
import { enterKey, type LicenceView, loadLicence, useLicence, verifyNow } from "./licence";
import "./licence.css";

const icons = { green: "badge-check", yellow: "triangle-alert", red: "lock" } as const;
const causes = new Set(["no_key", "setup", "away", "token", "unknown", "revoked", "ended", "machines", "too_many"]);

export default function LicencePage() {
  const { t } = useWords();
  const { view } = useLicence();
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => void loadLicence(), []);
  if (!view) return <Loading />;

  const act = async (call: () => Promise<LicenceView | null>) => {
    setBusy(true);
    const now = await call();
    setBusy(false);
    if (now?.state === "licensed" && !now.code) toast("ok", t("licence.verified"));
    else if (now?.code) toast("warning", t("licence.unverified"), { hint: causes.has(now.code) ? t(`licence.code.${now.code}`) : now.problem });
    return now;
  };
  const when = (moment: number | null) => (moment === null ? "—" : dateTime(moment));
  const copy = () => void navigator.clipboard?.writeText(view.machine).then(() => toast("ok", t("kit.copied")));

  return (
    <div className="page licence-page">
      <header className="page-head">
        <h1>{t("page.licence")}</h1>
        <Button icon="refresh-cw" needs="admin" disabledReason={busy && t("licence.asking")} onClick={() => void act(verifyNow)}>{t("licence.verify")}</Button>
      </header>
      <section className={`card licence-standing licence-${view.light}`} aria-live="polite">
        <Icon name={icons[view.light]} size={40} />
        <div>
          <h2>{t(`licence.${view.state}`)}</h2>
          <p>{t(`licence.${view.state}.what`, { ends: when(view.ends) })}</p>
          {view.code && causes.has(view.code) && <p className="licence-cause"><Icon name="circle-alert" size={14} />{t(`licence.code.${view.code}`)}</p>}
          {view.clock_behind_s > 0 && <p className="licence-cause"><Icon name="clock" size={14} />{t("licence.clock", { hours: (view.clock_behind_s / 3600).toFixed(1) })}</p>}
        </div>
      </section>
      <div className="licence-columns">
        <section className="card licence-facts">
          <dl>
            <dt>{t("licence.machine")}</dt>
            <dd>{view.machine ? <><code>{view.machine}</code><IconButton icon="copy" label={t("kit.copy")} onClick={copy} /></> : t("licence.machine.unknown")}</dd>
            <dt>{t("licence.customer")}</dt><dd>{view.customer || "—"}</dd>
            <dt>{t("licence.key")}</dt><dd>{view.key ? <code>{view.key}</code> : t("licence.key.none")}</dd>
            <dt>{t("licence.until")}</dt><dd>{view.last_success === null ? "—" : view.until === null ? t("licence.until.none") : when(view.until)}</dd>
            <dt>{t("licence.last")}</dt><dd>{view.last_success === null ? t("licence.never") : when(view.last_success)}</dd>
            <dt>{t("licence.next")}</dt><dd>{when(view.next_check)}</dd>
            <dt>{t("licence.server")}</dt><dd>{view.server ? <code>{view.server}</code> : t("licence.server.none")}</dd>
          </dl>
        </section>
        <form className="card licence-entry" onSubmit={(event) => {
          event.preventDefault();
          if (key.trim() && view.key_from !== "settings") void act(() => enterKey(key.trim())).then((now) => now && setKey(""));
        }}>
          <h2>{t("licence.enter")}</h2>
          <TextField label={t("licence.key")} className="input-mono" placeholder="MCS-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX" value={key} maxLength={100}
            disabled={view.key_from === "settings"} onChange={(event) => setKey(event.target.value)}
            help={t(view.key_from === "settings" ? "licence.key.settings" : "licence.key.help")} />
          <Button kind="primary" type="submit" needs="admin" disabledReason={busy ? t("licence.asking") : view.key_from === "settings" && t("licence.key.settings")}>{t("licence.use")}</Button>
        </form>
      </div>
    </div>
  );
}
