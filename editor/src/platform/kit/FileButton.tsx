/** A button that asks for a file: the browser's own input lies over it, so that pointer, keyboard and screen reader find it. */
import type { ReactNode } from "react";
import type { Role } from "../api/types";
import { useWords } from "../i18n";
import { useAllowed } from "../session/session";
import { Icon } from "./Icon";

interface Props {
  icon: string;
  kind?: "plain" | "primary";
  label: string;
  /** Media types and endings, as `<input accept>` takes them. */
  accept: string;
  needs?: Role;
  disabledReason?: string | false;
  onFile: (file: File) => void;
  children: ReactNode;
}

export function FileButton({ icon, kind = "plain", label, accept, needs, disabledReason, onFile, children }: Props) {
  const { t } = useWords();
  const allowed = useAllowed(needs);
  const reason = disabledReason || (allowed ? "" : t("kit.needs", { role: t(`role.${needs}`) }));
  return (
    <span className={`button button-${kind} file-button`} data-disabled={reason ? true : undefined} title={reason || undefined}>
      <Icon name={icon} />
      {children}
      <input type="file" accept={accept} aria-label={label} aria-disabled={reason ? true : undefined} title={reason || label}
        onClick={(event) => reason && event.preventDefault()}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          // The same file may be chosen again after it has been changed.
          event.target.value = "";
          if (file) onFile(file);
        }} />
    </span>
  );
}
