/** What stands in place of a page that failed while it was drawn. */
import { Component, type ReactNode } from "react";
import { say } from "../i18n";
import { Button } from "./Button";
import { Icon } from "./Icon";

export class Guarded extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    if (!this.state.error) return this.props.children;
    return (
      <div className="empty" role="alert">
        <Icon name="triangle-alert" size={28} />
        <h2>{say("shell.broken")}</h2>
        <code>{this.state.error.message}</code>
        <p>{say("shell.broken.hint")}</p>
        <Button kind="primary" onClick={() => location.reload()}>{say("shell.reload")}</Button>
      </div>
    );
  }
}
