/** Where toasts are shown; in the top layer, so that an open dialog does not hide them. */
import { useEffect, useRef } from "react";
import { useWords } from "../i18n";
import { Button, IconButton } from "./Button";
import { Icon } from "./Icon";
import { closeToast, useToasts } from "./toasts";

const icons = { ok: "check", warning: "triangle-alert", error: "circle-alert" };

export function Toasts() {
  const { t } = useWords();
  const { toasts } = useToasts();
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const shown = element.current;
    if (!shown) return;
    if (shown.matches(":popover-open")) shown.hidePopover();
    if (toasts.length > 0) shown.showPopover();
  }, [toasts]);
  return (
    <div ref={element} className="toasts" popover="manual" role="region" aria-label={t("shell.messages")} aria-live="polite">
      {toasts.map(({ id, kind, text, hint, action }) => (
        <div key={id} className={`toast toast-${kind}`} role={kind === "error" ? "alert" : "status"}>
          <Icon name={icons[kind]} />
          <div className="toast-text">
            <div>{text}</div>
            {hint && <div className="toast-hint">{hint}</div>}
            {action && <Button kind="quiet" onClick={() => { action.run(); closeToast(id); }}>{action.label}</Button>}
          </div>
          <IconButton icon="x" label={t("kit.close")} onClick={() => closeToast(id)} />
        </div>
      ))}
    </div>
  );
}
