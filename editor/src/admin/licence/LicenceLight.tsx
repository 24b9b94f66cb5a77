/** The licence's light in the navigation: green is quiet, yellow and red say what is the matter. */
import { useWords } from "../../platform/i18n";
import { StateMark } from "../../platform/kit/State";
import { Link } from "../../platform/router/Link";
import { usePath } from "../../platform/router/location";
import { levelOf, useLicence } from "./licence";

export function LicenceLight() {
  const { t } = useWords();
  const path = usePath();
  const { view } = useLicence();
  if (!view) return null;
  const state = t(`licence.${view.state}`);
  return (
    <Link className="rail-link licence-light" data-light={view.light} href="/licence" title={`${t("page.licence")}: ${state}`} aria-label={`${t("page.licence")}: ${state}`}
      aria-current={path.startsWith("/licence") ? "page" : undefined}>
      <StateMark level={levelOf(view)} />
      <span>{t("page.licence")}</span>
    </Link>
  );
}
