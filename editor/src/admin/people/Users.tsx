/** The people who can sign in. */
import { useState } from "react";
import { segment } from "../../platform/api/client";
import type { Account } from "../../platform/api/types";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { ConfirmDelete } from "../../platform/kit/ConfirmDelete";
import { State } from "../../platform/kit/State";
import { Table } from "../../platform/kit/Table";
import { dateTime } from "../../platform/kit/time";
import { useLoaded } from "../../platform/kit/useLoaded";
import { UserDialog } from "./UserDialog";

export function Users() {
  const { t } = useWords();
  const { value: users, reload } = useLoaded<Account[]>("/users");
  const [editing, setEditing] = useState<Account | "new" | null>(null);
  const [removing, setRemoving] = useState<Account | null>(null);
  return (
    <>
      <div className="page-row"><Button icon="plus" kind="primary" needs="admin" onClick={() => setEditing("new")}>{t("people.add")}</Button></div>
      {users && (
        <Table
          label={t("people.users")}
          rows={users}
          keyOf={(user) => user.name}
          columns={[
            { id: "name", label: t("people.name"), cell: (user) => <strong>{user.name}</strong> },
            { id: "role", label: t("people.role"), cell: (user) => t(`role.${user.role}`) },
            { id: "state", label: t("people.state"), cell: (user) => <State level={user.must_change ? "warning" : "ok"} text={t(user.must_change ? "people.must" : "people.active")} /> },
            { id: "language", label: t("people.language"), cell: (user) => (user.language === "en" ? "English" : "中文") },
            { id: "seen", label: t("people.seen"), cell: (user) => <span className="number">{user.last_seen ? dateTime(user.last_seen) : t("people.never")}</span> },
            { id: "actions", label: "", className: "actions", cell: (user) => <>
              <IconButton icon="pencil" needs="admin" label={t("people.edit", { name: user.name })} onClick={() => setEditing(user)} />
              <IconButton icon="trash-2" needs="admin" label={t("people.remove", { name: user.name })} onClick={() => setRemoving(user)} />
            </> },
          ]}
        />
      )}
      {editing && <UserDialog user={editing === "new" ? null : editing} onClose={() => setEditing(null)} onDone={() => void reload()} />}
      {removing && <ConfirmDelete title={t("people.remove", { name: removing.name })} text={t("people.remove.ask", { name: removing.name })}
        path={`/users/${segment(removing.name)}`} onGone={reload} onClose={() => setRemoving(null)} />}
    </>
  );
}
