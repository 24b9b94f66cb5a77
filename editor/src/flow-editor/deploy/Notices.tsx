/** The strip above the canvas: what a deploy did and the way back, and that the file is another by now. */
import { useEffect, useState } from "react";
import type { FlowView } from "../../model/flow/server";
import { onReconnect, socket } from "../../platform/api/socket";
import { translate, useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { Icon } from "../../platform/kit/Icon";
import { toast, toastError } from "../../platform/kit/toasts";
import { useSession } from "../../platform/session/session";
import { useDocument, useFlowDocument } from "../editing/context";
import { fetchView, type FlowDocument, isDirty } from "../editing/FlowDocument";
import { openPanel } from "../editing/panelLayout";
import { type DeployResult, useDeployment, useDeployState } from "./Deployment";
import { messageBalance } from "./deployReport";
import "./deploy.css";

interface DeployEvent {
  flow: string;
  file: string | null;
  number: number | null;
}

export default function Notices() {
  const done = useDeployState((state) => state.done);
  const busy = useDeployState((state) => state.busy);
  const changed = useFileChanges();
  return (
    <div className="notices">
      {changed && <FileNotice view={changed.view} who={changed.who} onDone={changed.forget} />}
      {!changed && <DiskNotice />}
      {done && <ReportNotice done={done} busy={busy} />}
    </div>
  );
}

function ReportNotice({ done, busy }: { done: DeployResult; busy: boolean }) {
  const { t } = useWords();
  const deployment = useDeployment();
  const { report } = done;
  const touched = [...report.added, ...report.changed, ...report.removed];
  return (
    <div className={`strip ${done.balanced ? "strip-ok" : "strip-warning"}`} role="status">
      <Icon name={done.balanced ? "check" : "triangle-alert"} />
      <strong>{t("deploy.done", { number: done.number })}</strong>
      <span className="number" title={t("deploy.sum.help")}>{t("deploy.sum", messageBalance(report))}</span>
      <span className="strip-more">{touched.length ? t("deploy.touched", { count: touched.length, kept: report.kept.length }) : t("deploy.no-restart")}</span>
      {report.quarantined > 0 && <span>{t("deploy.quarantined", { count: report.quarantined })}</span>}
      {done.before !== null && <Button kind="quiet" icon="undo-2" needs="admin" disabledReason={busy && t("deploy.busy")} onClick={() => void deployment.revert(done)}>{t("deploy.undo", { number: done.number })}</Button>}
      <IconButton icon="x" label={t("kit.close")} onClick={() => deployment.set({ done: null })} />
    </div>
  );
}

/** The file differs from what runs although nobody deployed it here: ops have edited it. */
function DiskNotice() {
  const { t } = useWords();
  const changed = useDocument((state) => state.view?.changed_on_disk === true && !isDirty(state));
  if (!changed) return null;
  return (
    <div className="strip strip-info" role="status">
      <Icon name="hard-drive" />
      <span>{t("deploy.disk.waiting")}</span>
      <Button kind="quiet" icon="upload" needs="admin" onClick={() => openPanel("deploy")}>{t("deploy.disk.look")}</Button>
    </div>
  );
}

function FileNotice({ view, who, onDone }: { view: FlowView; who: string; onDone: () => void }) {
  const { t } = useWords();
  const doc = useFlowDocument();
  const deployment = useDeployment();
  const dirty = useDocument(isDirty);
  return (
    <div className="strip strip-warning" role="alert">
      <Icon name="users" />
      <span>{who === "disk" ? t("deploy.changed.disk") : t("deploy.changed.by", { who })} {t(dirty ? "deploy.changed.mine" : "deploy.changed.clean")}</span>
      {dirty
        ? <Button kind="quiet" icon="git-merge" needs="admin" onClick={() => void deployment.mergeWithFile(who).then(onDone)}>{t("deploy.merge")}</Button>
        : null}
      <Button kind="quiet" icon="refresh-cw" onClick={() => { doc.openView(view); onDone(); }}>{t(dirty ? "deploy.take.theirs" : "deploy.take")}</Button>
    </div>
  );
}

/** The file as it is now, while it is another than the one the draft stands on. */
function useFileChanges(): { view: FlowView; who: string; forget: () => void } | null {
  const doc = useFlowDocument();
  const deployment = useDeployment();
  const [found, setFound] = useState<{ view: FlowView; who: string } | null>(null);
  const known = useDocument((state) => state.view?.revision);
  useEffect(() => {
    const look = (): void => void fetchView(doc.name).then((view) => !deployment.busy && setFound(follow(doc, view))).catch(toastError);
    let latest: DeployEvent | undefined;
    const consider = (): void => {
      const here = doc.state.view;
      // A deploy of one's own reads the file again by itself.
      if (!latest || deployment.busy) return;
      if (latest.file !== here?.revision || latest.number !== (here?.deployed?.number ?? null)) look();
    };
    const stops = [
      socket.subscribe<DeployEvent>("deploys", ({ items }) => {
        latest = items.findLast(({ flow }) => flow === doc.name) ?? latest;
        consider();
      }),
      deployment.store.subscribe((now, before) => before.busy && !now.busy && consider()),
      // After a break nobody knows what was missed: the server may be another.
      onReconnect(look),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [doc, deployment]);
  return found && found.view.revision !== known ? { ...found, forget: () => setFound(null) } : null;
}

/** Follows what others did where the draft does not stand in the way; the answer is what the person must decide about. */
function follow(doc: FlowDocument, view: FlowView): { view: FlowView; who: string } | null {
  const { state } = doc;
  const here = state.view;
  if (!here) return null;
  const who = view.changed_on_disk ? "disk" : view.deployed?.who ?? "";
  if (view.revision === here.revision || doc.draft.text === view.text) {
    // The same text: only who deployed it when is new.
    doc.setView(view);
    return null;
  }
  if (isDirty(state) || who === "disk") return { view, who };
  doc.openView(view);
  if (who !== useSession.getState().session?.user) toast("ok", translate("deploy.followed", { who, number: view.deployed?.number ?? 0 }));
  return null;
}
