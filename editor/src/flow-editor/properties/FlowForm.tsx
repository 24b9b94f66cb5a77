/** The flow itself: its title and help, whether it runs, where errors go. */
import { edit, modelIn, useDocument } from "../editing/document";
import { spelledEnd } from "../../model/flow/targets";
import { say, useWords } from "../../platform/i18n";
import { SelectField, SwitchField } from "../../platform/kit/Field";
import { useAllowed } from "../../platform/session/session";
import { WordsField } from "./LocalizedTextField";
import type { Words } from "../../platform/i18n/words";

export function FlowForm() {
  const { t, said } = useWords();
  const model = useDocument(modelIn);
  const may = useAllowed("admin");
  const ends = Object.values(model.nodes);
  const change = (fields: { title?: Words; help?: Words; on_error?: string; disabled?: boolean }): void => edit(say("step.flow"), [{ op: "set_flow", ...fields }]);
  return (
    <form className="around-form" onSubmit={(event) => event.preventDefault()}>
      <WordsField label={t("sheet.title")} words={model.title} onCommit={(title) => change({ title })} />
      <WordsField label={t("sheet.help")} words={model.help} long onCommit={(help) => change({ help })} />
      <SelectField label={t("sheet.on_error")} help={t("sheet.on_error.help")} value={model.on_error ? spelledEnd(model.on_error) : ""} disabled={!may}
        choices={[{ value: "", label: t("sheet.on_error.none") }, ...ends.map((node) => ({ value: node.id, label: said(node.title) ? `${said(node.title)} (${node.id})` : node.id }))]}
        onChange={(event) => change({ on_error: event.target.value })} />
      <SwitchField label={t("sheet.enabled")} checked={!model.disabled} disabled={!may} onChange={(on) => change({ disabled: !on })} />
    </form>
  );
}
