/** A modal dialog: the browser's own element, so focus, Escape and what lies behind are right. */
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useWords } from "../i18n";
import { IconButton } from "./Button";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  foot?: ReactNode;
  wide?: boolean;
  onKeyDown?: (event: React.KeyboardEvent) => void;
}

export function Dialog({ title, onClose, children, foot, wide, onKeyDown }: Props) {
  const { t } = useWords();
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    if (!dialog) return;
    const before = document.activeElement;
    if (!dialog.open) dialog.showModal();
    // An element that goes while it is open leaves the focus nowhere.
    return () => {
      dialog.close();
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={element}
      className={`dialog ${wide ? "dialog-wide" : ""}`}
      aria-labelledby={id}
      onCancel={(event) => {
        // A file chooser in the dialog that is closed without a file says "cancel" too, and it bubbles.
        if (event.target !== element.current) return;
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        onKeyDown?.(event);
      }}
      onClick={(event) => event.target === element.current && onClose()}
    >
      <div className="dialog-head">
        <h2 id={id}>{title}</h2>
        <IconButton icon="x" label={t("kit.close")} onClick={onClose} />
      </div>
      <div className="dialog-body" tabIndex={0} role="group" aria-labelledby={id}>{children}</div>
      {foot && <div className="dialog-foot">{foot}</div>}
    </dialog>
  );
}
