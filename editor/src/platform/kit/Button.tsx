/** A button that, when it can't be used, stays reachable and says why. */
import type { ButtonHTMLAttributes, ReactNode } from "react";
import type { Role } from "../api/types";
import { useWords } from "../i18n";
import { useAllowed } from "../session/session";
import { Icon } from "./Icon";

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled"> {
  icon?: string;
  kind?: "plain" | "primary" | "danger" | "quiet";
  /** The role that it takes; others see it disabled with the reason. */
  needs?: Role;
  /** Why it can't be used just now. */
  disabledReason?: string | false | undefined;
  children?: ReactNode;
}

export function Button({ icon, kind = "plain", needs, disabledReason, children, className = "", onClick, title, ...rest }: Props) {
  const { t } = useWords();
  const allowed = useAllowed(needs);
  const reason = disabledReason || (allowed ? "" : t("kit.needs", { role: t(`role.${needs}`) }));
  return (
    <button
      type="button"
      className={`button button-${kind} ${children ? "" : "button-icon"} ${className}`}
      aria-disabled={reason ? true : undefined}
      title={reason || title}
      onClick={(event) => (reason ? event.preventDefault() : onClick?.(event))}
      {...rest}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button that shows only an icon: its label is spoken and shown on hover. */
export function IconButton({ label, keys, ...rest }: Props & { label: string; icon: string; keys?: string | undefined }) {
  return <Button kind="quiet" title={keys ? `${label} (${keys})` : label} aria-label={label} {...rest} />;
}
