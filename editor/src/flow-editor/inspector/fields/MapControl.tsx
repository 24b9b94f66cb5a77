/** Names with a value each, such as the columns of a table. */
import { useState } from "react";
import { withRenamedKey } from "../../../model/flow/sheet";
import { blankValue, objectWith } from "../../../model/schema/form";
import type { Schema } from "../../../model/schema/schema";
import type { Json } from "../../../platform/api/json";
import { useWords } from "../../../platform/i18n";
import { Button, IconButton } from "../../../platform/kit/Button";
import { Control } from "./Control";
import type { ControlProps } from "./control";
import { useForm } from "./formContext";

export function MapControl({ schema, value, onChange, path, label }: ControlProps) {
  const { t } = useWords();
  const { root, readOnly } = useForm();
  const entries = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  const item: Schema = typeof schema.additionalProperties === "object" ? schema.additionalProperties : {};
  const names = Object.keys(entries);
  const fresh = (): string => {
    let number = names.length + 1;
    while (`name${number}` in entries) number += 1;
    return `name${number}`;
  };
  return (
    <div className="list" role="group" aria-label={label} data-field={path} tabIndex={-1}>
      {names.map((name, index) => (
        <div key={index} className="map-row" data-field={`${path}.${name}`}>
          <NameInput name={name} taken={names} readOnly={readOnly} label={t("inspector.map.name", { field: label })} onRename={(to) => onChange(withRenamedKey(entries, name, to))} />
          <Control schema={item} value={entries[name]} path={`${path}.${name}`} label={`${label} ${name}`} onChange={(next) => onChange(objectWith(entries, name, next ?? blankValue(item, root)))}
            ids={{ id: `${path}.${name}`, "aria-label": `${label} ${name}`, "aria-describedby": undefined, "aria-invalid": undefined }} />
          {!readOnly && <IconButton icon="trash-2" label={t("inspector.map.remove", { name })} onClick={() => onChange(objectWith(entries, name, undefined))} />}
        </div>
      ))}
      {!readOnly && <Button kind="quiet" icon="plus" className="list-add" onClick={() => onChange({ ...entries, [fresh()]: blankValue(item, root) } as Json)}>{t("inspector.row.add")}</Button>}
    </div>
  );
}

function NameInput({ name, taken, readOnly, label, onRename }: { name: string; taken: string[]; readOnly: boolean; label: string; onRename: (to: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const leave = (): void => {
    if (typed !== null && typed !== "" && typed !== name && !taken.includes(typed)) onRename(typed);
    setTyped(null);
  };
  return <input className="input input-mono" aria-label={label} value={typed ?? name} readOnly={readOnly} spellCheck={false}
    onChange={(event) => setTyped(event.target.value)} onBlur={leave} onKeyDown={(event) => event.key === "Enter" && leave()} />;
}
