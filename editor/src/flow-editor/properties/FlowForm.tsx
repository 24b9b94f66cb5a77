/** The flow itself: its title and help, whether it runs, where errors go. */
import { formatTarget } from "../../model/flow/targets";
import { translate, useWords } from "../../platform/i18n";
import type { LocalizedText } from "../../platform/i18n/words";
import { SelectField, SwitchField } from "../../platform/kit/Field";
import { useAllowed } from "../../platform/session/session";
import { useDocument, useFlowDocument } from "../editing/context";
import { modelIn } from "../editing/FlowDocument";
import { LocalizedTextField } from "./LocalizedTextField";

export function FlowForm() {
  const doc = useFlowDocument();
  const { t, localize } = useWords();
  const model = useDocument(modelIn);
  const may = useAllowed("admin");
  const ends = Object.values(model.nodes);
  const change = (fields: { title?: LocalizedText; help?: LocalizedText; on_error?: string; disabled?: boolean }): void => doc.edit(translate("step.flow"), [{ op: "set_flow", ...fields }]);
  return (
    <form className="properties-form" onSubmit={(event) => event.preventDefault()}>
      <LocalizedTextField label={t("sheet.title")} words={model.title} onCommit={(title) => change({ title })} />
      <LocalizedTextField label={t("sheet.help")} words={model.help} long onCommit={(help) => change({ help })} />
      <SelectField label={t("sheet.on_error")} help={t("sheet.on_error.help")} value={model.on_error ? formatTarget(model.on_error) : ""} disabled={!may}
        choices={[{ value: "", label: t("sheet.on_error.none") }, ...ends.map((node) => ({ value: node.id, label: localize(node.title) ? `${localize(node.title)} (${node.id})` : node.id }))]}
        onChange={(event) => change({ on_error: event.target.value })} />
      <SwitchField label={t("sheet.enabled")} checked={!model.disabled} disabled={!may} onChange={(on) => change({ disabled: !on })} />
    </form>
  );
}
