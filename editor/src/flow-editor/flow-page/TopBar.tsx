/** The bar above the canvas: which flow, what is undone, what is wrong, and what other areas add, such as deploying. */
import { useState } from "react";
import { useWords } from "../../platform/i18n";
import { IconButton } from "../../platform/kit/Button";
import { Icon } from "../../platform/kit/Icon";
import { Menu } from "../../platform/kit/Menu";
import { Link } from "../../platform/router/Link";
import { type Command, disabledReason } from "../commands/command";
import { CommandButton } from "../commands/CommandButton";
import { formatKeys } from "../commands/keys";
import DeployBar from "../deploy/DeployBar";
import { useDocument, useFlowDocument } from "../editing/context";
import { isDirty, modelIn } from "../editing/FlowDocument";
import { useCommands } from "./allCommands";

const menuGroups: Command["group"][] = ["edit", "add", "arrange", "view", "flow", "go"];

export function TopBar() {
  const doc = useFlowDocument();
  const { t, localize } = useWords();
  const { name } = doc;
  const commands = useCommands();
  const title = useDocument((state) => modelIn(state).title);
  const scope = useDocument((state) => state.scope);
  const inner = useDocument((state) => modelIn(state).subflows[state.scope]?.title);
  const off = useDocument((state) => modelIn(state).disabled);
  const dirty = useDocument(isDirty);
  useDocument((state) => state.history);
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const label = localize(title) || name;
  return (
    <header className="top-bar">
      <nav className="top-bar-path" aria-label={t("page.path")}>
        <Link className="top-bar-home" href="/flows">{t("page.flows")}</Link>
        <Icon name="chevron-right" size={14} />
        {scope ? <>
          <button type="button" className="top-bar-crumb" onClick={() => doc.openScope("")}>{label}</button>
          <Icon name="chevron-right" size={14} />
          <h1 title={scope}>{localize(inner) || scope}</h1>
        </> : <h1 title={name}>{label}</h1>}
        {off && <span className="badge badge-warning">{t("page.off")}</span>}
        <span className="top-bar-state" data-dirty={dirty || undefined}>{t(dirty ? "page.dirty" : "page.clean")}</span>
      </nav>
      <div className="top-bar-tools">
        <CommandButton command={commands.named("undo")} />
        <CommandButton command={commands.named("redo")} />
        <span className="top-bar-line" />
        <CommandButton command={commands.named("panel.search")} />
        <IconButton icon="ellipsis" label={t("command.more")} aria-haspopup="menu" onClick={(event) => {
          const { left, bottom } = event.currentTarget.getBoundingClientRect();
          setMenu({ x: left, y: bottom + 4 });
        }} />
        <DeployBar />
      </div>
      {menu && (
        <Menu label={t("command.more")} at={menu} onClose={() => setMenu(null)} items={menuGroups.flatMap((group, index) => {
          const listed = commands.all.filter((command) => command.group === group && !disabledReason(command));
          return [...(index > 0 && listed.length ? [null] : []), ...listed.map((command) => ({
            label: t(command.label), icon: command.icon, keys: command.keys?.[0] && formatKeys(command.keys[0]), run: command.run,
          }))];
        })} />
      )}
    </header>
  );
}
