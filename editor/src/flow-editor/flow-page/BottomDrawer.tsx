/** The strip below the canvas with its tabs, and the panel that a tab opens above it. */
import { useWords } from "../../platform/i18n";
import { IconButton } from "../../platform/kit/Button";
import { ErrorBoundary } from "../../platform/kit/ErrorBoundary";
import { useDocument } from "../editing/context";
import { sizeDrawer, togglePanel, useLayout } from "../editing/panelLayout";
import { panelsAt } from "../editing/panels";
import { PanelTabs } from "./PanelTabs";
import { PanelView } from "./PanelView";
import { Splitter } from "./Splitter";
import { ZoomControls } from "./ZoomControls";

export function BottomDrawer() {
  const { t } = useWords();
  const { drawer, drawerOpen, drawerHeight } = useLayout();
  const selected = useDocument((state) => state.selected.size);
  const all = panelsAt("drawer");
  const open = drawerOpen ? all.find((panel) => panel.id === drawer) : undefined;
  return (
    <section className="bottom" aria-label={t("page.drawer")}>
      {open && <Splitter label={t("page.drawer.size")} side="top" size={drawerHeight} onSize={sizeDrawer} />}
      <div className="bottom-strip">
        {all.length > 0 && <PanelTabs label={t("page.drawer")} panels={all} open={open?.id ?? ""} controls="bottom-body" onOpen={togglePanel} />}
        <span className="bottom-status">{selected > 1 && t("page.selected", { count: selected })}</span>
        {open && <IconButton icon="x" label={t("page.drawer.close")} onClick={() => useLayout.setState({ drawerOpen: false })} />}
        <ZoomControls />
      </div>
      {open && (
        <div className="bottom-body" id="bottom-body" role="tabpanel" aria-label={t(open.title)} style={{ height: drawerHeight }}>
          <ErrorBoundary key={open.id}>
            <PanelView id={open.id} />
          </ErrorBoundary>
        </div>
      )}
    </section>
  );
}
