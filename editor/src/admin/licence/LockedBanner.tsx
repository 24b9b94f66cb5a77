/** Stands on every page while the site is locked; the pop-up before it can be closed, this can't. */
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { Icon } from "../../platform/kit/Icon";
import { navigate, usePath } from "../../platform/router/location";
import { dismiss, useLicence } from "./licence";

export function LockedBanner() {
  const { t } = useWords();
  const path = usePath();
  const { view, dismissed } = useLicence();
  if (view?.state !== "locked") return null;
  const toPage = () => {
    dismiss();
    navigate("/licence");
  };
  return (
    <>
      <div className="connection-banner" role="alert">
        <Icon name="lock" />
        <span>{t("licence.banner")}</span>
        {!path.startsWith("/licence") && <Button onClick={toPage}>{t("licence.open")}</Button>}
      </div>
      {!dismissed && !path.startsWith("/licence") && (
        <Dialog title={t("licence.popup.title")} onClose={dismiss} foot={<>
          <Button onClick={dismiss}>{t("kit.close")}</Button>
          <Button kind="primary" onClick={toPage}>{t("licence.open")}</Button>
        </>}>
          <div className="licence-popup">
            <Icon name="lock" size={36} />
            <div>
              <p>{t("licence.popup.what")}</p>
              <p>{t("licence.popup.next")}</p>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
