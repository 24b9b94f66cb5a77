/** The frame of every page: sign-in, navigation, the banner of a lost link, messages. */
import { useEffect } from "react";
import { followLicence, useLicence } from "../../admin/licence/licence";
import { useWords } from "../../platform/i18n";
import { ErrorBoundary } from "../../platform/kit/ErrorBoundary";
import { lazyComponent } from "../../platform/kit/lazyComponent";
import { Loading } from "../../platform/kit/Loading";
import { Toasts } from "../../platform/kit/Toasts";
import { toastError } from "../../platform/kit/toasts";
import { navigate, usePath } from "../../platform/router/location";
import { allowed, followSession, signOut, useSession } from "../../platform/session/session";
import { followSiteStatus } from "../../site/live/siteStatus";
import { useAllWords } from "../words/useAllWords";
import { useTitles } from "../words/useTitles";
import { ConnectionBanner } from "./ConnectionBanner";
import { pageAt } from "./pages";
import "./shell.css";

// What the wall of somebody who is signed in does not show, it does not fetch.
const SignIn = lazyComponent(async () => (await import("./SignIn")).SignIn);
const ChangePassword = lazyComponent(async () => (await import("./ChangePassword")).ChangePassword);
const EvaluationMark = lazyComponent(async () => (await import("../../admin/licence/EvaluationMark")).EvaluationMark);
const LockedBanner = lazyComponent(async () => (await import("../../admin/licence/LockedBanner")).LockedBanner);
const StatusBanner = lazyComponent(async () => (await import("../../site/live/StatusBanner")).StatusBanner);
const Navigation = lazyComponent(async () => (await import("./Navigation")).Navigation, () => <nav className="rail" />);

export function App() {
  const { t } = useWords();
  const path = usePath();
  const { session } = useSession();
  const locked = useLicence(({ view }) => view?.state === "locked");
  useEffect(() => followSession(toastError), []);
  useEffect(() => {
    if (location.pathname === "/" && session) navigate(allowed("admin") ? "/flows" : "/wall", true);
  }, [path, session]);

  const found = pageAt(path);
  const spoken = useAllWords(!found?.page.bare);
  const entered = Boolean(session && !session.must_change);
  const titled = useTitles(entered && !found?.page.bare);
  useEffect(() => (entered ? followLicence() : undefined), [entered]);
  useEffect(() => (entered ? followSiteStatus() : undefined), [entered]);

  if (session === undefined || !spoken || !titled) return <Loading />;
  if (session === null) return <SignIn />;
  if (session.must_change) {
    return <><ChangePassword intro={t("session.must")} onDone={() => undefined} onClose={() => void signOut().catch(toastError)} /><Toasts /></>;
  }
  const View = found?.page.view;
  return (
    <div className={found?.page.bare ? "shell shell-bare" : "shell"}>
      {!found?.page.bare && <Navigation />}
      <div className="shell-main">
        {locked ? <LockedBanner /> : !found?.page.bare && <ConnectionBanner />}
        {!locked && <StatusBanner />}
        <main className="shell-page">
          <ErrorBoundary key={`${found?.page.path} ${locked}`}>
            {View ? <View key={JSON.stringify(found.values)} {...found.values} /> : (
              <div className="empty"><h1>{t("shell.missing")}</h1><p>{t("shell.missing.hint")}</p></div>
            )}
          </ErrorBoundary>
        </main>
      </div>
      <EvaluationMark />
      <Toasts />
    </div>
  );
}
