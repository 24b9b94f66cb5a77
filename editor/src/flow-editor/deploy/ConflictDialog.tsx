/** Where two people changed the same thing: what it was, mine, theirs; one of them is taken, field by field. */
import { useState } from "react";
import type { NodeType } from "../../model/flow/server";
import { nodesByAddress } from "../../model/flow/sheet";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { oneLine } from "../../platform/kit/values";
import { useDocument } from "../editing/context";
import { fieldPath } from "../editing/fieldPath";
import { modelIn } from "../editing/FlowDocument";
import { type FieldConflict, useDeployment, useDeployState } from "./Deployment";
import "../../platform/kit/value-tree.css";
import "./deploy.css";

type Side = "mine" | "theirs";

export default function ConflictDialog({ onClose }: { onClose: () => void }) {
  const { t, localize } = useWords();
  const deployment = useDeployment();
  const conflict = useDeployState((state) => state.conflict);
  const model = useDocument(modelIn);
  const catalogue = useDocument((state) => state.catalogue);
  const [sides, setSides] = useState<ReadonlyMap<FieldConflict, Side>>(new Map());
  if (!conflict) return null;
  const nodes = nodesByAddress(model);
  const typeOf = (address: string): NodeType | undefined => catalogue.get(nodes.get(address)?.type ?? "");
  const close = (): void => {
    deployment.set({ conflict: null });
    onClose();
  };
  const choose = (clash: FieldConflict, side: Side): void => setSides(new Map(sides).set(clash, side));
  const open = conflict.clashes.filter((clash) => !sides.has(clash)).length;
  const who = conflict.who === "disk" ? t("deploy.disk") : conflict.who;
  const value = (clash: FieldConflict, side: "base" | Side) => (side in clash ? <code>{oneLine(clash[side], 200) || '""'}</code> : <em>{t("deploy.unset")}</em>);
  return (
    <Dialog title={t("deploy.conflict")} wide onClose={close} foot={<>
      <Button onClick={close}>{t("kit.cancel")}</Button>
      <Button kind="primary" icon="git-merge" disabledReason={open > 0 && t("deploy.conflict.open", { count: open })} onClick={() => void deployment.resolveConflict(conflict, sides).then(onClose)}>{t("deploy.conflict.take")}</Button>
    </>}>
      <p>{t("deploy.conflict.text", { who, count: conflict.clashes.length })}</p>
      <div className="card card-scroll">
        <table className="table conflict">
          <thead><tr>
            <th scope="col">{t("deploy.conflict.what")}</th><th scope="col">{t("deploy.conflict.base")}</th>
            <th scope="col">{t("deploy.conflict.mine")} <button type="button" className="value-more" onClick={() => setSides(new Map(conflict.clashes.map((clash) => [clash, "mine"])))}>{t("deploy.conflict.all")}</button></th>
            <th scope="col">{who} <button type="button" className="value-more" onClick={() => setSides(new Map(conflict.clashes.map((clash) => [clash, "theirs"])))}>{t("deploy.conflict.all")}</button></th>
          </tr></thead>
          <tbody>
            {conflict.clashes.map((clash) => (
              <tr key={`${clash.node} ${clash.field}`}>
                <th scope="row"><strong>{localize(nodes.get(clash.node)?.title) || clash.node || t("deploy.flow")}</strong><br /><span title={clash.field}>{clash.field ? fieldPath(clash.field, typeOf(clash.node)) : t("deploy.whole")}</span></th>
                <td>{value(clash, "base")}</td>
                {(["mine", "theirs"] as const).map((side) => (
                  <td key={side} data-chosen={sides.get(clash) === side || undefined}>
                    <label className="conflict-side">
                      <input type="radio" name={`${clash.node} ${clash.field}`} checked={sides.get(clash) === side} onChange={() => choose(clash, side)} aria-label={`${clash.node} ${fieldPath(clash.field, typeOf(clash.node))}: ${side === "mine" ? t("deploy.conflict.mine") : who}`} />
                      {value(clash, side)}
                    </label>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}
