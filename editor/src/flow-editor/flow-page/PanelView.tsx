/** What each panel shows. What is typed into at once stands with the page; the others are loaded when they are first opened (a dialog covers the page only once it is there). */
import type { ComponentType } from "react";
import CommandPalette from "./CommandPalette";
import DeployDialog from "../deploy/DeployDialog";
import Inspector from "../inspector/Inspector";
import { later } from "../../platform/kit/lazyComponent";
import { Loading } from "../../platform/kit/Loading";
import SearchPanel from "../search/SearchPanel";
import { closeDialog } from "../editing/panelLayout";

const views: Record<string, ComponentType<{ onClose: () => void }>> = {
  inspector: Inspector,
  yaml: later(async () => (await import("../yaml/YamlPanel")).default, Loading),
  versions: later(async () => (await import("../versions/VersionsPanel")).default, Loading),
  problems: later(async () => (await import("../problems/ProblemsPanel")).default, Loading),
  debug: later(async () => (await import("../debug/DebugPanel")).default, Loading),
  tap: later(async () => (await import("../debug/TapPanel")).default, Loading),
  trace: later(async () => (await import("../debug/TracePanel")).default, Loading),
  test: later(async () => (await import("../testing/TestPanel")).default, Loading),
  deploy: DeployDialog,
  conflict: later(async () => (await import("../deploy/ConflictDialog")).default),
  search: SearchPanel,
  commands: CommandPalette,
  keys: later(async () => (await import("./KeysDialog")).default),
};

export function PanelView({ id }: { id: string }) {
  const View = views[id];
  return View ? <View onClose={closeDialog} /> : null;
}
