/** The panels at the right: one open at a time, the canvas stays live beside it. */
import { useWords } from "../../platform/i18n";
import { IconButton } from "../../platform/kit/Button";
import { ErrorBoundary } from "../../platform/kit/ErrorBoundary";
import { sizeDock, useLayout } from "../editing/panelLayout";
import { panelsAt } from "../editing/panels";
import { PanelTabs } from "./PanelTabs";
import { PanelView } from "./PanelView";
import { Splitter } from "./Splitter";

export function Dock() {
  const { t } = useWords();
  const { dock, dockOpen, dockWidth } = useLayout();
  const all = panelsAt("dock");
  const open = all.find((panel) => panel.id === dock) ?? all[0];
  if (!open || !dockOpen) return null;
  return (
    <aside className="dock" aria-label={t("page.dock")} style={{ width: dockWidth }}>
      <Splitter label={t("page.dock.size")} side="left" size={dockWidth} onSize={sizeDock} />
      <div className="dock-head">
        <PanelTabs label={t("page.dock")} panels={all} open={open.id} controls="dock-body" onOpen={(id) => useLayout.setState({ dock: id })} />
        <IconButton icon="x" label={t("page.dock.close")} onClick={() => useLayout.setState({ dockOpen: false })} />
      </div>
      <div className="dock-body" id="dock-body" role="tabpanel" aria-label={t(open.title)}>
        <ErrorBoundary key={open.id}>
          <PanelView id={open.id} />
        </ErrorBoundary>
      </div>
    </aside>
  );
}
