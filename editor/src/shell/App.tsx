/** The frame of every page: sign-in, navigation, the banner of a lost link, messages. */
import { lazy, Suspense, useEffect } from "react";
import { useAllWords, useWords } from "../i18n";
import { Toasts } from "../kit/Toasts";
import { allowed, findSession, signOut, useSession } from "../session/session";
import { tellFailure } from "../kit/toasts";
import { Guarded } from "./Broken";
import { followLicence, useLicence } from "../licence/licence";
import { LinkBanner } from "./LinkBanner";
import { pageAt } from "./pages";
import { go, usePath } from "./place";
import "./shell.css";

// What the wall of somebody who is signed in does not show, it does not fetch.
const SignIn = lazy(() => import("../session/SignIn").then(({ SignIn }) => ({ default: SignIn })));
const ChangePassword = lazy(() => import("../session/ChangePassword").then(({ ChangePassword }) => ({ default: ChangePassword })));
const LockedBanner = lazy(() => import("../licence/LockedBanner").then(({ LockedBanner }) => ({ default: LockedBanner })));
const Navigation = lazy(() => import("./Navigation").then(({ Navigation }) => ({ default: Navigation })));

export function App() {
  const { t } = useWords();
  const path = usePath();
  const { session } = useSession();
  const locked = useLicence(({ view }) => view?.state === "locked");
  useEffect(() => {
    findSession().catch(tellFailure);
  }, []);
  useEffect(() => {
    if (location.pathname === "/" && session) go(allowed("admin") ? "/flows" : "/wall", true);
  }, [path, session]);

  const found = pageAt(path);
  const spoken = useAllWords(!found?.page.bare);
  const entered = Boolean(session && !session.must_change);
  useEffect(() => (entered ? followLicence() : undefined), [entered]);

  if (session === undefined || !spoken) return <div className="empty" role="status">{t("kit.loading")}</div>;
  if (session === null) return <Suspense fallback={null}><SignIn /></Suspense>;
  if (session.must_change) {
    return <Suspense fallback={null}><ChangePassword intro={t("session.must")} onDone={() => undefined} onClose={() => void signOut().catch(tellFailure)} /><Toasts /></Suspense>;
  }
  const View = found?.page.view;
  return (
    <div className={found?.page.bare ? "shell shell-bare" : "shell"}>
      {!found?.page.bare && <Suspense fallback={<nav className="rail" />}><Navigation /></Suspense>}
      <div className="shell-main">
        {locked ? <Suspense fallback={null}><LockedBanner /></Suspense> : !found?.page.bare && <LinkBanner />}
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
