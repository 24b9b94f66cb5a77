/** What each panel shows. What is typed into at once stands with the page; the others are loaded when they are first opened (a dialog covers the page only once it is there). */
import type { ComponentType } from "react";
import { lazyComponent } from "../../platform/kit/lazyComponent";
import { Loading } from "../../platform/kit/Loading";
import DeployDialog from "../deploy/DeployDialog";
import { closeDialog } from "../editing/panelLayout";
import Inspector from "../inspector/Inspector";
import SearchPanel from "../search/SearchPanel";
import CommandPalette from "./CommandPalette";

const views: Record<string, ComponentType<{ onClose: () => void }>> = {
  inspector: Inspector,
  yaml: lazyComponent(async () => (await import("../yaml/YamlPanel")).default, Loading),
  versions: lazyComponent(async () => (await import("../versions/VersionsPanel")).default, Loading),
  problems: lazyComponent(async () => (await import("../problems/ProblemsPanel")).default, Loading),
  debug: lazyComponent(async () => (await import("../debug/DebugPanel")).default, Loading),
  tap: lazyComponent(async () => (await import("../debug/TapPanel")).default, Loading),
  trace: lazyComponent(async () => (await import("../debug/TracePanel")).default, Loading),
  test: lazyComponent(async () => (await import("../testing/TestPanel")).default, Loading),
  deploy: DeployDialog,
  conflict: lazyComponent(async () => (await import("../deploy/ConflictDialog")).default),
  search: SearchPanel,
  commands: CommandPalette,
  keys: lazyComponent(async () => (await import("./KeysDialog")).default),
};

export function PanelView({ id }: { id: string }) {
  const View = views[id];
  return View ? <View onClose={closeDialog} /> : null;
}
