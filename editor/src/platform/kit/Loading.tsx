/** What stands where something is on its way. */
import { useWords } from "../i18n";

export function Loading() {
  const { t } = useWords();
  return <div className="empty" role="status">{t("kit.loading")}</div>;
}
