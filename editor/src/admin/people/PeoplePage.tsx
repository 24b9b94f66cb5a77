/** Who may come in: users and the tokens of scripts. */
import { useState } from "react";
import { useWords } from "../../platform/i18n";
import { Tabs } from "../../platform/kit/Tabs";
import { ROLES } from "../../platform/session/session";
import { Tokens } from "./Tokens";
import { Users } from "./Users";
import "./people.css";

export default function PeoplePage() {
  const { t } = useWords();
  const [open, setOpen] = useState<"users" | "tokens">("users");
  return (
    <div className="page">
      <header className="page-head"><h1>{t("page.users")}</h1></header>
      <Tabs label={t("page.users")} open={open} onOpen={setOpen} tabs={[{ id: "users", label: t("people.users") }, { id: "tokens", label: t("people.tokens") }]} />
      {open === "users" ? <Users /> : <Tokens />}
      <section className="card people-roles" aria-label={t("people.roles")}>
        <h2>{t("people.roles")}</h2>
        <dl>
          {ROLES.map((role) => <div key={role}><dt>{t(`role.${role}`)}</dt><dd>{t(`people.role.${role}`)}</dd></div>)}
        </dl>
      </section>
    </div>
  );
}
