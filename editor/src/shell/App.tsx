/** The frame of every page: sign-in, navigation, the banner of a lost link, messages. */
import { Suspense, useEffect } from "react";
import { useWords } from "../i18n";
import { Toasts } from "../kit/Toasts";
import { ChangePassword } from "../session/ChangePassword";
import { findSession, signOut, useSession } from "../session/session";
import { SignIn } from "../session/SignIn";
import { tellFailure } from "../kit/toasts";
import { Guarded } from "./Broken";
import { followLicence, useLicence } from "../licence/licence";
import { LockedBanner } from "../licence/LockedBanner";
import { LinkBanner } from "./LinkBanner";
import { Navigation } from "./Navigation";
import { pageAt } from "./pages";
import { go, usePath } from "./place";
import "./shell.css";

export function App() {
  const { t } = useWords();
  const path = usePath();
  const { session } = useSession();
  const locked = useLicence(({ view }) => view?.state === "locked");
  useEffect(() => {
    findSession().catch(tellFailure);
  }, []);
  useEffect(() => {
    if (location.pathname === "/") go("/flows", true);
  }, [path]);

  const entered = Boolean(session && !session.must_change);
  useEffect(() => (entered ? followLicence() : undefined), [entered]);

  if (session === undefined) return <div className="empty" role="status">{t("kit.loading")}</div>;
  if (session === null) return <SignIn />;
  if (session.must_change) {
    return <><ChangePassword intro={t("session.must")} onClose={() => void signOut().catch(tellFailure)} /><Toasts /></>;
  }
  const found = pageAt(path);
  const View = found?.page.view;
  return (
    <div className={found?.page.bare ? "shell shell-bare" : "shell"}>
      {!found?.page.bare && <Navigation />}
      <div className="shell-main">
        {locked ? <LockedBanner /> : <LinkBanner />}
        <main className="shell-page">
          <Guarded key={`${found?.page.path} ${locked}`}>
            <Suspense fallback={<div className="empty" role="status">{t("kit.loading")}</div>}>
              {View ? <View key={JSON.stringify(found.values)} {...found.values} /> : (
                <div className="empty"><h1>{t("shell.missing")}</h1><p>{t("shell.missing.hint")}</p></div>
              )}
            </Suspense>
          </Guarded>
        </main>
      </div>
      <Toasts />
    </div>
  );
}
