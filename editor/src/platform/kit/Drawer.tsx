/** A panel at the side that leaves the page behind it live. */
import type { ReactNode } from "react";
import { useWords } from "../i18n";
import { IconButton } from "./Button";

export function Drawer({ title, onClose, children, actions }: { title: string; onClose: () => void; children: ReactNode; actions?: ReactNode }) {
  const { t } = useWords();
  return (
    <aside className="drawer" aria-label={title}>
      <div className="drawer-head">
        <h2 title={title}>{title}</h2>
        {actions}
        <IconButton icon="x" label={t("kit.close")} onClick={onClose} />
      </div>
      <div className="drawer-body">{children}</div>
    </aside>
  );
}
