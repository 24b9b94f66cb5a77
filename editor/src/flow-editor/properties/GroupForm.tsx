/** A group: its title, its colour, and taking it apart. */
import { addressOf } from "../../model/flow/sheet";
import type { Group } from "../../model/flow/types";
import { translate, useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { useAllowed } from "../../platform/session/session";
import { COLOURS } from "../canvas/Frame";
import { useFlowDocument } from "../editing/context";
import { LocalizedTextField } from "./LocalizedTextField";

export function GroupForm({ name, group }: { name: string; group: Group }) {
  const doc = useFlowDocument();
  const { t } = useWords();
  const may = useAllowed("admin");
  const address = addressOf(doc.state.scope, name);
  const change = (fields: Partial<Group>): void => doc.edit(translate("step.group"), [{ op: "set_group", name: address, ...fields }]);
  return (
    <form className="properties-form" onSubmit={(event) => event.preventDefault()}>
      <h2>{t("properties.group")}</h2>
      <LocalizedTextField label={t("properties.title")} words={group.title} onCommit={(title) => change({ title })} />
      <fieldset className="properties-colours" disabled={!may}>
        <legend>{t("properties.colour")}</legend>
        {COLOURS.map((colour) => (
          <label key={colour} className="properties-colour" data-colour={colour} title={t(`colour.${colour}`)}>
            <input type="radio" name="colour" checked={(COLOURS.includes(group.colour) ? group.colour : "grey") === colour} onChange={() => change({ colour })} />
            <span className="only-spoken">{t(`colour.${colour}`)}</span>
          </label>
        ))}
      </fieldset>
      <p className="properties-count">{t("properties.members", { count: group.members.length })}</p>
      <div className="properties-row">
        <Button icon="maximize" onClick={() => doc.select(group.members)}>{t("properties.select-members")}</Button>
        <Button icon="x" kind="danger" needs="admin" onClick={() => {
          doc.edit(translate("step.group"), [{ op: "remove_group", name: address }]);
          doc.select([]);
        }}>{t("properties.ungroup")}</Button>
      </div>
    </form>
  );
}
