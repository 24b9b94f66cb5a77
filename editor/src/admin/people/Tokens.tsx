/** The tokens that scripts come in with. A token's text is shown once, when it is made. */
import { useState } from "react";
import { segment } from "../../platform/api/client";
import type { ApiToken } from "../../platform/api/types";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { ConfirmDelete } from "../../platform/kit/ConfirmDelete";
import { Table } from "../../platform/kit/Table";
import { dateTime } from "../../platform/kit/time";
import { useLoaded } from "../../platform/kit/useLoaded";
import { NewToken } from "./NewToken";

const DAY_MS = 86_400_000;
const WARNED_DAYS = 14;

export function Tokens() {
  const { t } = useWords();
  const { value: tokens, reload } = useLoaded<ApiToken[]>("/tokens");
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<ApiToken | null>(null);
  const time = (when: string | null | undefined, none: string) => <span className="number">{when ? dateTime(when) : t(none)}</span>;
  return (
    <>
      <div className="page-row"><Button icon="plus" kind="primary" needs="admin" onClick={() => setAdding(true)}>{t("people.token.add")}</Button></div>
      {tokens && (
        <Table
          label={t("people.tokens")}
          rows={tokens}
          keyOf={(token) => token.name}
          columns={[
            { id: "name", label: t("people.name"), cell: (token) => <strong>{token.name}</strong> },
            { id: "role", label: t("people.role"), cell: (token) => t(`role.${token.role}`) },
            { id: "by", label: t("people.by"), cell: (token) => token.created_by },
            { id: "created", label: t("people.created"), cell: (token) => time(token.created_at, "people.never") },
            { id: "ends", label: t("people.ends"), cell: (token) => <>{time(token.ends_at, "people.endless")}<EndsSoon at={token.ends_at} /></> },
            { id: "seen", label: t("people.seen"), cell: (token) => time(token.last_seen, "people.never") },
            { id: "actions", label: "", className: "actions", cell: (token) => (
              <IconButton icon="trash-2" needs="admin" label={t("people.token.remove", { name: token.name })} onClick={() => setRemoving(token)} />
            ) },
          ]}
        />
      )}
      {adding && <NewToken onClose={() => setAdding(false)} onDone={() => void reload()} />}
      {removing && <ConfirmDelete title={t("people.token.remove", { name: removing.name })} text={t("people.token.remove.ask", { name: removing.name })}
        path={`/tokens/${segment(removing.name)}`} onGone={reload} onClose={() => setRemoving(null)} />}
    </>
  );
}

/** Scripts should not stop without a word: the last two weeks are shown. */
function EndsSoon({ at }: { at: string | null | undefined }) {
  const { t } = useWords();
  const days = at ? Math.floor((new Date(at).getTime() - Date.now()) / DAY_MS) : null;
  if (days === null || days >= WARNED_DAYS) return null;
  return <strong className="people-ends"> {days < 0 ? t("people.ended") : t("people.ends.soon", { days })}</strong>;
}
