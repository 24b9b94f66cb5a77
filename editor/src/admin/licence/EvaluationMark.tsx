/** On every page of a build that carries no vendor's key: it takes anybody's licences and is no product. */
import { useWords } from "../../platform/i18n";
import { useLicence } from "./licence";

export function EvaluationMark() {
  const { t } = useWords();
  const { view } = useLicence();
  return view?.evaluation_build ? <div className="evaluation-mark" role="note">{t("licence.build")}</div> : null;
}
