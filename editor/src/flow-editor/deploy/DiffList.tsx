/** What a change comes to, node by node; where a box stands is not shown. */
import type { NodeType } from "../../model/flow/server";
import type { Change } from "../../platform/api/generated";
import { useWords } from "../../platform/i18n";
import { Icon } from "../../platform/kit/Icon";
import { oneLine } from "../../platform/kit/values";
import { fieldPath } from "../editing/fieldPath";

export interface ShownDiff {
  added: string[];
  removed: string[];
  changed: Record<string, Change[]>;
  flow: Change[];
}

export const isNothing = (diff: ShownDiff): boolean => diff.added.length + diff.removed.length + Object.keys(diff.changed).length + diff.flow.length === 0;

interface Props {
  diff: ShownDiff;
  /** What is said where there is none. */
  nothing?: string;
  titleOf: (address: string) => string;
  typeOf: (address: string) => NodeType | undefined;
}

export function DiffList({ diff, nothing, titleOf, typeOf }: Props) {
  const { t } = useWords();
  if (isNothing(diff)) return <p className="diff-nothing">{nothing ?? t("deploy.nothing")}</p>;
  const name = (address: string) => {
    const title = titleOf(address);
    return <><strong>{title || address}</strong>{title && title !== address && <code>{address}</code>}</>;
  };
  return (
    <ul className="diff" aria-label={t("deploy.diff")}>
      {diff.added.map((address) => <li key={`+${address}`} className="diff-row diff-added"><Icon name="plus" size={14} /><span className="diff-what">{t("deploy.added")}</span>{name(address)}</li>)}
      {diff.removed.map((address) => <li key={`-${address}`} className="diff-row diff-removed"><Icon name="minus" size={14} /><span className="diff-what">{t("deploy.removed")}</span>{name(address)}</li>)}
      {Object.entries(diff.changed).map(([address, changes]) => (
        <li key={`~${address}`} className="diff-row diff-changed">
          <Icon name="pencil" size={14} /><span className="diff-what">{t("deploy.changed")}</span>{name(address)}
          <Changes changes={changes} type={typeOf(address)} />
        </li>
      ))}
      {diff.flow.length > 0 && (
        <li className="diff-row diff-changed">
          <Icon name="workflow" size={14} /><span className="diff-what">{t("deploy.flow")}</span>
          <Changes changes={diff.flow} />
        </li>
      )}
    </ul>
  );
}

function Changes({ changes, type }: { changes: Change[]; type?: NodeType | undefined }) {
  const { t } = useWords();
  return (
    <dl className="diff-fields">
      {changes.map((change) => (
        <div key={change.field}>
          <dt title={change.field}>{fieldPath(change.field, type)}</dt>
          <dd>
            {"old" in change ? <del>{oneLine(change.old, 120) || '""'}</del> : <span className="diff-none">{t("deploy.unset")}</span>}
            <Icon name="arrow-right" size={12} />
            {"new" in change ? <ins>{oneLine(change.new, 120) || '""'}</ins> : <span className="diff-none">{t("deploy.unset")}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
