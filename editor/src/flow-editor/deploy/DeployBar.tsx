/** The end of the top bar: who else is here, and the button that deploys. */
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { useDocument } from "../editing/context";
import { isDirty } from "../editing/FlowDocument";
import { openPanel } from "../editing/panelLayout";
import { errorsIn } from "../problems/severity";
import { Avatars } from "./Avatars";
import "./deploy.css";

export default function DeployBar() {
  const { t } = useWords();
  const dirty = useDocument((state) => isDirty(state) || state.view?.changed_on_disk === true);
  const errors = useDocument((state) => errorsIn(state.problems).length);
  return (
    <>
      <Avatars />
      <span className="top-bar-line" />
      <Button kind={dirty ? "primary" : "plain"} icon="upload" needs="admin" className="deploy-button" title={`${t("deploy.title")} (Ctrl+Enter)`} onClick={() => openPanel("deploy")}>
        {t("deploy.go")}
        {errors > 0 && <span className="deploy-count" aria-label={t("deploy.errors", { count: errors })}>{errors}</span>}
      </Button>
    </>
  );
}
