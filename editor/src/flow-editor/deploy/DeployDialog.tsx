/** Before a deploy: what it changes, what restarts, what is in the way; a note; Ctrl-Enter. */
import { useEffect, useState } from "react";
import type { NodeType } from "../../model/flow/server";
import { nodesByAddress } from "../../model/flow/sheet";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Dialog } from "../../platform/kit/Dialog";
import { Field } from "../../platform/kit/Field";
import { Icon } from "../../platform/kit/Icon";
import { StateMark } from "../../platform/kit/State";
import { toastError } from "../../platform/kit/toasts";
import { useCanvasController } from "../canvas/CanvasController";
import { focusField } from "../canvas/fieldFocus";
import { useDocument } from "../editing/context";
import { modelIn } from "../editing/FlowDocument";
import { bySeverity, errorsIn } from "../problems/severity";
import { inOneLine } from "../problems/inOneLine";
import { type DeployPreview, useDeployment, useDeployState } from "./Deployment";
import { DiffList, isNothing } from "./DiffList";
import { shownDiff } from "./shownDiff";
import "../problems/problems.css";
import "./deploy.css";

export default function DeployDialog({ onClose }: { onClose: () => void }) {
  const canvas = useCanvasController();
  const { t, localize } = useWords();
  const model = useDocument(modelIn);
  const old = useDocument((state) => state.view?.flow);
  const deployment = useDeployment();
  const { busy, red, refused } = useDeployState((state) => state);
  const [preview, setPreview] = useState<DeployPreview | null>(null);
  const catalogue = useDocument((state) => state.catalogue);
  const [note, setNote] = useState("");
  const [reason, setReason] = useState("");
  const [strangers, setStrangers] = useState<readonly string[]>([]);
  useEffect(() => {
    deployment.set({ red: null, refused: null });
    deployment.preview().then(setPreview, (error: unknown) => {
      toastError(error);
      onClose();
    });
  }, [deployment, onClose]);

  const nodes = nodesByAddress(model);
  const before = old ? nodesByAddress(old) : new Map<string, never>();
  const titleOf = (address: string): string => localize((nodes.get(address) ?? before.get(address))?.title);
  const typeOf = (address: string): NodeType | undefined => catalogue.get((nodes.get(address) ?? before.get(address))?.type ?? "");
  const errors = preview ? errorsIn(preview.problems) : [];
  const warnings = preview ? preview.problems.length - errors.length : 0;
  const shown = preview?.diff && shownDiff(preview.diff);
  const renamed = Object.entries(preview?.renamed ?? {});
  const moved = preview?.diff?.moved.length ?? 0;
  const refusal = !preview ? t("kit.loading") : errors.length ? t("deploy.errors", { count: errors.length }) : red && !reason.trim() ? t("deploy.needs-reason") : busy ? t("deploy.busy") : "";
  const go = async (): Promise<void> => {
    if (refusal) return;
    if (await deployment.deploy(note, red ? reason.trim() : "", strangers)) onClose();
  };

  return (
    <Dialog title={t("deploy.title")} wide onClose={onClose}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          void go();
        }
      }}
      foot={<>
        <span className="deploy-hint"><kbd>Ctrl</kbd> <kbd>Enter</kbd></span>
        <Button onClick={onClose}>{t("kit.cancel")}</Button>
        <Button kind="primary" icon="upload" needs="admin" disabledReason={refusal} onClick={() => void go()}>{busy ? t("deploy.busy") : t(red ? "deploy.anyway" : "deploy.go")}</Button>
      </>}>
      {!preview && <p role="status">{t("deploy.looking")}</p>}
      {preview && errors.length > 0 && (
        <section className="deploy-problems" aria-label={t("problems.title")}>
          <p className="notice notice-error"><Icon name="circle-alert" />{t("deploy.blocked", { count: errors.length })}</p>
          <ul>{bySeverity(errors).slice(0, 20).map((problem, index) => (
            <li key={index}><button type="button" className="problem" onClick={() => { onClose(); focusField(canvas, problem.node, problem.field); }}>
              <StateMark level="error" /><span className="problem-place">{[titleOf(problem.node) || problem.node, problem.field.replace(/^with\./, "")].filter(Boolean).join(" › ")}</span><span className="problem-text">{inOneLine(problem)}</span>
            </button></li>
          ))}</ul>
        </section>
      )}
      {preview && warnings > 0 && <p className="notice notice-warning"><Icon name="triangle-alert" />{t("deploy.warnings", { count: warnings })}</p>}
      {refused && <p className="notice notice-error" role="alert"><Icon name="circle-alert" />{refused.message}{refused.hint && ` — ${refused.hint}`}</p>}
      {red && (
        <section className="deploy-red" role="alert">
          <p className="notice notice-error"><Icon name="flask-conical" />{t("deploy.red", { count: red.length })}</p>
          <ul>{red.map((one) => <li key={one.name}><strong>{one.name}</strong>{one.differences.map((text, index) => <code key={index}>{text}</code>)}</li>)}</ul>
          <Field label={t("deploy.reason")} help={t("deploy.reason.help")} required>
            {(ids) => <input className="input" {...ids} value={reason} onChange={(event) => setReason(event.target.value)} />}
          </Field>
        </section>
      )}
      {shown && (
        <section>
          <h3 className="deploy-heading">{t("deploy.diff")}</h3>
          <DiffList diff={shown} titleOf={titleOf} typeOf={typeOf} />
          {moved > 0 && isNothing(shown) && <p className="diff-nothing">{t("deploy.moved", { count: moved })}</p>}
        </section>
      )}
      {preview && errors.length === 0 && (
        <section className="deploy-effect">
          <h3 className="deploy-heading">{t("deploy.effect")}</h3>
          {preview.added.length + preview.restarts.length + preview.removed.length + renamed.length === 0 ? <p>{t("deploy.no-restart")}</p> : (
            <dl>
              {preview.added.length > 0 && <div><dt>{t("deploy.starts")}</dt><dd>{preview.added.map((id) => <code key={id}>{id}</code>)}</dd></div>}
              {preview.restarts.length > 0 && <div><dt>{t("deploy.restarts")}</dt><dd>{preview.restarts.map((id) => <code key={id}>{id}</code>)}</dd></div>}
              {renamed.length > 0 && <div><dt>{t("deploy.renamed")}</dt><dd>{renamed.map(([old, id]) => (
                <label key={old} className="deploy-renamed" title={t("deploy.renamed.help")}>
                  <input type="checkbox" checked={!strangers.includes(old)}
                    onChange={(event) => setStrangers(event.target.checked ? strangers.filter((one) => one !== old) : [...strangers, old])} />
                  <code>{old}</code> → <code>{id}</code>
                </label>
              ))}</dd></div>}
              {preview.removed.length > 0 && <div><dt>{t("deploy.stops")}</dt><dd>{preview.removed.map((id) => <code key={id}>{id}</code>)}</dd></div>}
            </dl>
          )}
        </section>
      )}
      {preview && errors.length === 0 && (
        <Field label={t("deploy.note")} help={t("deploy.note.help")}>
          {(ids) => <textarea className="input" rows={2} maxLength={1500} autoFocus {...ids} value={note} onChange={(event) => setNote(event.target.value)} />}
        </Field>
      )}
    </Dialog>
  );
}
