/** Secrets: names are listed, values only go in. */
import { useState } from "react";
import { segment } from "../../platform/api/client";
import type { SecretInfo } from "../../platform/api/types";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { ConfirmDelete } from "../../platform/kit/ConfirmDelete";
import { State } from "../../platform/kit/State";
import { Table } from "../../platform/kit/Table";
import { dateTime } from "../../platform/kit/time";
import { useLoaded } from "../../platform/kit/useLoaded";
import { NewSecret } from "../../platform/secrets/NewSecret";

export default function SecretsPage() {
  const { t } = useWords();
  const { value: secrets, reload } = useLoaded<SecretInfo[]>("/secrets");
  const [editing, setEditing] = useState<string | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t("page.secrets")}</h1>
        <Button icon="plus" kind="primary" needs="admin" onClick={() => setEditing("")}>{t("secrets.add")}</Button>
      </header>
      <p className="page-intro">{t("secrets.intro")}</p>
      {secrets && (
        <Table
          label={t("page.secrets")}
          rows={secrets}
          keyOf={(secret) => secret.name}
          columns={[
            { id: "name", label: t("secrets.name"), cell: (secret) => <code>{secret.name}</code> },
            { id: "state", label: t("secrets.state"), cell: (secret) => <State level={secret.readable ? "ok" : "error"} text={t(secret.readable ? "secrets.ok" : "secrets.unreadable")} /> },
            { id: "changed", label: t("secrets.changed"), cell: (secret) => <span className="number">{dateTime(secret.changed_at)}</span> },
            { id: "by", label: t("secrets.by"), cell: (secret) => secret.changed_by },
            { id: "actions", label: "", className: "actions", cell: (secret) => <>
              <IconButton icon="pencil" needs="admin" label={t("secrets.set", { name: secret.name })} onClick={() => setEditing(secret.name)} />
              <IconButton icon="trash-2" needs="admin" label={t("secrets.remove", { name: secret.name })} onClick={() => setRemoving(secret.name)} />
            </> },
          ]}
        />
      )}
      {editing !== null && <NewSecret name={editing} onClose={() => setEditing(null)} onMade={() => void reload()} />}
      {removing && <ConfirmDelete title={t("secrets.remove", { name: removing })} text={t("secrets.remove.ask", { name: removing })}
        path={`/secrets/${segment(removing)}`} onGone={reload} onClose={() => setRemoving(null)} />}
    </div>
  );
}
