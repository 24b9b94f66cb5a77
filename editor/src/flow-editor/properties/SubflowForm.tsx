/** A subflow from inside: what it is called, its ports, and the fields that whoever uses it fills. */
import { useState } from "react";
import { subflowDefinition } from "../../model/flow/definition";
import { operationsBetween } from "../../model/flow/operationsBetween";
import { uniqueName } from "../../model/flow/sheet";
import { addPort, removePort, renamePort, type Side } from "../../model/flow/subflowPorts";
import type { FlowModel, Subflow } from "../../model/flow/types";
import type { Json } from "../../platform/api/json";
import { translate, useWords } from "../../platform/i18n";
import { IconButton } from "../../platform/kit/Button";
import { TextField } from "../../platform/kit/Field";
import { useAllowed } from "../../platform/session/session";
import { useDocument, useFlowDocument } from "../editing/context";
import { type FlowDocument, modelIn } from "../editing/FlowDocument";
import { LocalizedTextField } from "./LocalizedTextField";

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

function put(doc: FlowDocument, after: FlowModel): void {
  doc.edit(translate("step.subflow"), operationsBetween(doc.model, after));
}

export function SubflowForm({ name }: { name: string }) {
  const doc = useFlowDocument();
  const { t } = useWords();
  const subflow = useDocument((state) => modelIn(state).subflows[name]);
  if (!subflow) return null;
  const change = (fields: Partial<Subflow>): void =>
    doc.edit(translate("step.subflow"), [{ op: "set_subflow", name, definition: subflowDefinition({ ...subflow, ...fields }) }]);
  return (
    <form className="properties-form" onSubmit={(event) => event.preventDefault()}>
      <h2>{t("properties.subflow")} <code>{name}</code></h2>
      <NameField label={t("properties.name")} value={name} taken={(other) => other in doc.model.subflows} onCommit={(to) => {
        doc.edit(translate("step.subflow"), [{ op: "rename_subflow", name, to }]);
        doc.set({ scope: to });
      }} />
      <LocalizedTextField label={t("properties.title")} words={subflow.title} onCommit={(title) => change({ title })} />
      <LocalizedTextField label={t("properties.help")} words={subflow.help} long onCommit={(help) => change({ help })} />
      <Ports subflow={subflow} side="inputs" />
      <Ports subflow={subflow} side="outputs" />
      <Fields subflow={subflow} onChange={(fields) => change({ fields })} />
    </form>
  );
}

function Ports({ subflow, side }: { subflow: Subflow; side: Side }) {
  const doc = useFlowDocument();
  const { t } = useWords();
  const names = Object.keys(subflow[side]);
  return (
    <section className="properties-list">
      <header>
        <h3>{t(`properties.${side}`)}</h3>
        <IconButton icon="plus" needs="admin" label={t(`properties.${side}.add`)}
          onClick={() => put(doc, addPort(doc.model, subflow.name, side, uniqueName(side === "inputs" ? "in" : "out", (name) => names.includes(name))))} />
      </header>
      {names.map((port) => (
        <div key={port} className="properties-row">
          <NameField label={t("properties.port")} bare value={port} taken={(other) => names.includes(other)} onCommit={(to) => put(doc, renamePort(doc.model, subflow.name, side, port, to))} />
          <IconButton icon="trash-2" needs="admin" label={t("properties.remove", { name: port })} onClick={() => put(doc, removePort(doc.model, subflow.name, side, port))} />
        </div>
      ))}
      {names.length === 0 && <p className="properties-none">{t("properties.none")}</p>}
    </section>
  );
}

const TYPES = ["string", "number", "integer", "boolean"];

function Fields({ subflow, onChange }: { subflow: Subflow; onChange: (fields: Subflow["fields"]) => void }) {
  const { t } = useWords();
  const may = useAllowed("admin");
  const entries = Object.entries(subflow.fields);
  const set = (name: string, part: Record<string, Json>): void => onChange({ ...subflow.fields, [name]: { ...subflow.fields[name], ...part } });
  return (
    <section className="properties-list">
      <header>
        <h3>{t("properties.fields")}</h3>
        <IconButton icon="plus" needs="admin" label={t("properties.fields.add")}
          onClick={() => onChange({ ...subflow.fields, [uniqueName("field", (name) => name in subflow.fields)]: { type: "string", default: "" } })} />
      </header>
      <p className="properties-none">{t("properties.fields.help", { example: "${field:name}" })}</p>
      {entries.map(([field, schema]) => (
        <div key={field} className="properties-field">
          <NameField label={t("properties.field")} bare value={field} taken={(other) => other in subflow.fields}
            onCommit={(to) => onChange(Object.fromEntries(entries.map(([key, value]) => [key === field ? to : key, value])))} />
          <select className="input" aria-label={t("properties.field.type")} value={String(schema["type"] ?? "string")} disabled={!may}
            onChange={(event) => set(field, { type: event.target.value, default: first(event.target.value) })}>
            {TYPES.map((type) => <option key={type} value={type}>{t(`properties.type.${type}`)}</option>)}
          </select>
          <Default schema={schema} onCommit={(value) => set(field, { default: value })} />
          <IconButton icon="trash-2" needs="admin" label={t("properties.remove", { name: field })} onClick={() => onChange(Object.fromEntries(entries.filter(([key]) => key !== field)))} />
        </div>
      ))}
    </section>
  );
}

const first = (type: string): Json => (type === "boolean" ? false : type === "string" ? "" : 0);

function Default({ schema, onCommit }: { schema: Record<string, Json>; onCommit: (value: Json) => void }) {
  const { t } = useWords();
  const may = useAllowed("admin");
  const value = schema["default"];
  const [typed, setTyped] = useState(String(value ?? ""));
  if (schema["type"] === "boolean") {
    return <input type="checkbox" aria-label={t("properties.field.default")} checked={value === true} disabled={!may} onChange={(event) => onCommit(event.target.checked)} />;
  }
  const number = schema["type"] !== "string";
  return (
    <input className="input" type={number ? "number" : "text"} step={schema["type"] === "integer" ? 1 : "any"} aria-label={t("properties.field.default")} placeholder={t("properties.field.default")} readOnly={!may}
      value={typed} onChange={(event) => setTyped(event.target.value)}
      onBlur={() => {
        const next: Json = number ? Number(typed) : typed;
        if (next !== value && !(number && !Number.isFinite(next))) onCommit(next);
      }} />
  );
}

/** A name that must be free and well formed; until it is, it is told and not taken. */
function NameField({ label, value, taken, onCommit, bare }: { label: string; value: string; taken: (name: string) => boolean; onCommit: (name: string) => void; bare?: boolean }) {
  const { t } = useWords();
  const may = useAllowed("admin");
  const [typed, setTyped] = useState(value);
  const problem = typed === value ? "" : !NAME.test(typed) ? t("properties.bad-name") : taken(typed) ? t("properties.taken") : "";
  const commit = (): void => {
    if (typed !== value && !problem) onCommit(typed);
  };
  const input = { value: typed, readOnly: !may, onBlur: commit, onChange: (event: React.ChangeEvent<HTMLInputElement>) => setTyped(event.target.value), onKeyDown: (event: React.KeyboardEvent) => event.key === "Enter" && commit() };
  if (!bare) return <TextField label={label} problem={problem || undefined} {...input} />;
  return <input className="input input-mono" aria-label={`${label} ${value}`} aria-invalid={problem ? true : undefined} title={problem || undefined} spellCheck={false} {...input} />;
}
