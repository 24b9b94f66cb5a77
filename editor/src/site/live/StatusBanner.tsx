/** Says on every page that alarms are not judged, or that nobody is notified of them: no alarm is then no good news. */
import { useWords } from "../../platform/i18n";
import { Icon } from "../../platform/kit/Icon";
import { dateTime } from "../../platform/kit/time";
import { Link } from "../../platform/router/Link";
import { useAllowed } from "../../platform/session/session";
import { useSiteStatus } from "./siteStatus";

export function StatusBanner() {
  const { t } = useWords();
  const { status, unknown } = useSiteStatus();
  const admin = useAllowed("admin");
  if (unknown) return <div className="status-banner status-unjudged" role="alert"><Icon name="triangle-alert" /><span>{t("status.unknown")}</span></div>;
  if (!status) return null;
  const { judging, channels } = status;
  if (judging.problem) {
    return (
      <div className="status-banner status-unjudged" role="alert">
        <Icon name="triangle-alert" />
        <span>{t("status.unjudged", { since: dateTime(judging.since ?? 0) })} {judging.problem}</span>
        <Link href="/flows">{t("page.flows")}</Link>
      </div>
    );
  }
  if (channels.length > 0) return null;
  return (
    <div className="status-banner status-unheard" role="status">
      <Icon name="bell-off" />
      <span>{t("status.nobody")}</span>
      {admin && <Link href="/settings/alarms">{t("status.channels")}</Link>}
    </div>
  );
}
