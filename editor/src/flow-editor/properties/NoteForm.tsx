/** A note: its Markdown, its size. */
import { useEffect, useState } from "react";
import { NOTE_SIZE } from "../../model/flow/geometry";
import { addressOf } from "../../model/flow/sheet";
import type { Note } from "../../model/flow/types";
import { translate, useWords } from "../../platform/i18n";
import { Field } from "../../platform/kit/Field";
import { useAllowed } from "../../platform/session/session";
import { useFlowDocument } from "../editing/context";

export function NoteForm({ name, note }: { name: string; note: Note }) {
  const doc = useFlowDocument();
  const { t } = useWords();
  const may = useAllowed("admin");
  const [text, setText] = useState(note.text);
  useEffect(() => setText(note.text), [note.text]);
  const [width, height] = note.size ?? NOTE_SIZE;
  const change = (fields: Partial<Pick<Note, "text" | "size">>, key: string): void =>
    doc.edit(translate("step.note"), [{ op: "set_note", name: addressOf(doc.state.scope, name), ...fields }], `note:${name}:${key}`);
  return (
    <form className="properties-form" onSubmit={(event) => event.preventDefault()}>
      <h2>{t("properties.note")}</h2>
      <Field label={t("properties.note.text")} help={t("properties.note.help")}>
        {(ids) => (
          <textarea className="input properties-note" {...ids} rows={10} value={text} readOnly={!may} onChange={(event) => setText(event.target.value)}
            onBlur={() => text !== note.text && change({ text }, "text")} />
        )}
      </Field>
      <div className="properties-pair">
        {([["properties.width", 0], ["properties.height", 1]] as const).map(([label, index]) => (
          <Field key={label} label={t(label)} unit="px">
            {(ids) => (
              <input className="input" type="number" min={80} max={2000} step={10} {...ids} value={[width, height][index]} readOnly={!may}
                onChange={(event) => {
                  const value = Math.max(80, Math.min(2000, event.target.valueAsNumber || 0));
                  change({ size: index === 0 ? [value, height] : [width, value] }, "size");
                }} />
            )}
          </Field>
        ))}
      </div>
    </form>
  );
}
