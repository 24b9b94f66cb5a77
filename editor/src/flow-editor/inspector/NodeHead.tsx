/** What every node has: id, title in both languages, note, on or off. */
import { useRef, useState } from "react";
import type { NodeSpec } from "../../model/flow/types";
import { problemAt } from "../../model/schema/form";
import type { Problem } from "../../platform/api/types";
import { translate, useWords } from "../../platform/i18n";
import type { LocalizedText } from "../../platform/i18n/words";
import { Field, SwitchField, TextField } from "../../platform/kit/Field";
import { toastError } from "../../platform/kit/toasts";
import { useAllowed } from "../../platform/session/session";
import { useFlowDocument } from "../editing/context";
import { invalidIdReason } from "./nodeId";

export const bothLanguages = (words: LocalizedText): { zh: string; en: string } => (typeof words === "string" ? { zh: words, en: "" } : { zh: words.zh ?? "", en: words.en ?? "" });

/** As short as says the same: a text alone where only one language is given. */
export function shortestText({ zh, en }: { zh: string; en: string }): LocalizedText {
  if (!zh && !en) return "";
  if (!en) return zh;
  return zh ? { zh, en } : { en };
}

export function NodeHead({ node, address, problems }: { node: NodeSpec; address: string; problems: Problem[] }) {
  const doc = useFlowDocument();
  const { t } = useWords();
  const readOnly = !useAllowed("admin");
  const [id, setId] = useState<string | null>(null);
  const visit = useRef(0);
  const title = bothLanguages(node.title);
  const fault = id === null || id === node.id ? "" : invalidIdReason(id, doc.sheet);
  const change = (label: string, what: { title?: LocalizedText; note?: string; disabled?: boolean }, field: string): void =>
    doc.edit(label, [{ op: "change_node", id: address, ...what }], `${address}:${field}:${visit.current}`);
  const rename = (): void => {
    if (id !== null && id !== node.id && !fault) {
      try {
        doc.edit(translate("edit.rename", { from: node.id, to: id }), [{ op: "rename_node", id: address, to: id }]);
        doc.select([id]);
      } catch (error) {
        toastError(error);
      }
    }
    setId(null);
  };
  return (
    <div className="fields node-head" onFocus={() => { visit.current += 1; }}>
      <div className="node-head-row" data-field="title">
        <TextField label={t("inspector.title.zh")} value={title.zh} readOnly={readOnly} lang="zh-CN" onChange={(event) => change(translate("edit.title", { node: node.id }), { title: shortestText({ ...title, zh: event.target.value }) }, "title")} />
        <TextField label={t("inspector.title.en")} value={title.en} readOnly={readOnly} lang="en" onChange={(event) => change(translate("edit.title", { node: node.id }), { title: shortestText({ ...title, en: event.target.value }) }, "title-en")} />
      </div>
      <div className="node-head-row">
        <div data-field="id">
          <TextField label={t("inspector.id")} className="input-mono" value={id ?? node.id} readOnly={readOnly} problem={(fault && t(fault)) || problemAt(problems, "type")?.message}
            onChange={(event) => setId(event.target.value)} onBlur={rename}
            onKeyDown={(event) => {
              if (event.key === "Enter") rename();
              if (event.key === "Escape") setId(null);
            }} />
        </div>
        <div data-field="disabled" className="node-head-switch">
          <SwitchField label={t("inspector.enabled")} checked={!node.disabled} disabled={readOnly} onChange={(on) => change(translate(on ? "edit.enable" : "edit.disable", { node: node.id }), { disabled: !on }, "disabled")} />
        </div>
      </div>
      <div data-field="note">
        <Field label={t("inspector.note")}>
          {(ids) => <textarea className="input" rows={node.note ? 3 : 1} {...ids} value={node.note} readOnly={readOnly} placeholder={t("inspector.note.hint")}
            onChange={(event) => change(translate("edit.note", { node: node.id }), { note: event.target.value }, "note")} />}
        </Field>
      </div>
    </div>
  );
}
