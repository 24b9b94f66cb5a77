/** The page before all others. */
import { type FormEvent, useState } from "react";
import { ApiError } from "../../platform/api/problem";
import { translateOr, useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { TextField } from "../../platform/kit/Field";
import { Icon } from "../../platform/kit/Icon";
import { LanguageSwitch, ThemeSwitch } from "../../platform/kit/Switches";
import { signIn } from "../../platform/session/session";
import "./sign-in.css";

function reason(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error);
  return translateOr(`error.${error.code}`, `${error.message} ${error.hint}`);
}

export function SignIn() {
  const { t } = useWords();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem("");
    try {
      await signIn(String(form.get("user")), String(form.get("password")));
    } catch (error) {
      setProblem(reason(error));
      setBusy(false);
    }
  };
  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={submit} aria-labelledby="sign-in-title">
        <div className="sign-in-brand">
          <img src="/icon.svg" alt="" width="40" height="40" />
          <div>
            <h1 id="sign-in-title">{t("session.title")}</h1>
            <p>{t("session.intro")}</p>
          </div>
        </div>
        <TextField label={t("session.user")} name="user" autoComplete="username" required autoFocus />
        <TextField label={t("session.password")} name="password" type="password" autoComplete="current-password" required />
        {problem && <p className="sign-in-problem" role="alert"><Icon name="circle-alert" size={15} />{problem}</p>}
        <Button kind="primary" type="submit" disabledReason={busy && t("kit.loading")}>{t("session.enter")}</Button>
        <p className="sign-in-hint">{t("session.first")}</p>
      </form>
      <div className="sign-in-switches"><LanguageSwitch /><ThemeSwitch /></div>
    </main>
  );
}
