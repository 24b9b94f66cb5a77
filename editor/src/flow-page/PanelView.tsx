/** What each panel shows. What is typed into at once stands with the page; the others are loaded when they are first opened. */
import { lazy, Suspense, type ComponentType } from "react";
import CommandPalette from "../commands/CommandPalette";
import DeployDialog from "../deploy/DeployDialog";
import { useWords } from "../i18n";
import Inspector from "../inspector/Inspector";
import SearchPanel from "../search/SearchPanel";
import { closeDialog } from "./layout";

const views: Record<string, ComponentType<{ onClose: () => void }>> = {
  inspector: Inspector,
  yaml: lazy(() => import("../yaml/YamlPanel")),
  versions: lazy(() => import("../versions/VersionsPanel")),
  problems: lazy(() => import("../problems/ProblemsPanel")),
  debug: lazy(() => import("../debug/DebugPanel")),
  tap: lazy(() => import("../debug/TapPanel")),
  trace: lazy(() => import("../debug/TracePanel")),
  test: lazy(() => import("../testing/TestPanel")),
  deploy: DeployDialog,
  conflict: lazy(() => import("../deploy/ConflictDialog")),
  search: SearchPanel,
  commands: CommandPalette,
  keys: lazy(() => import("../commands/KeysDialog")),
};

/** A dialog says nothing while it is loaded, as it covers the page once it is there. */
export function PanelView({ id, quiet }: { id: string; quiet?: boolean }) {
  const { t } = useWords();
  const View = views[id];
  if (!View) return null;
  return <Suspense fallback={quiet ? null : <div className="empty" role="status">{t("kit.loading")}</div>}><View onClose={closeDialog} /></Suspense>;
}
