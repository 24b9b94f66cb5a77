/** What stands in place of a page that failed while it was drawn. */
import { Component, type ReactNode } from "react";
import { translate } from "../i18n";
import { Button } from "./Button";
import { Icon } from "./Icon";

export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    if (!this.state.error) return this.props.children;
    return (
      <div className="empty" role="alert">
        <Icon name="triangle-alert" size={28} />
        <h2>{translate("shell.broken")}</h2>
        <code>{this.state.error.message}</code>
        <p>{translate("shell.broken.hint")}</p>
        <Button kind="primary" onClick={() => location.reload()}>{translate("shell.reload")}</Button>
      </div>
    );
  }
}
