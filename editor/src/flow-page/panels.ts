/** Every panel of the flow page. An area adds its line here; a panel is loaded when it is first opened. */
import { lazy, type ComponentType } from "react";
import type { Document } from "../editing/document";

export interface Panel {
  id: string;
  /** Key of its title. */
  title: string;
  icon: string;
  /**
   * `dock`: a tab at the right. `drawer`: a tab at the bottom. `bar`: stands in the top bar, always.
   * `notice`: a strip above the canvas, always; draws nothing when there is nothing to tell. `dialog`: shown while it is open, and given `onClose`.
   */
  place: "dock" | "drawer" | "bar" | "notice" | "dialog";
  view: ComponentType<{ onClose: () => void }>;
  /** Shortcut that opens it, and closes it when it is open. */
  keys?: string[];
  /** A number beside the title, such as how many problems there are; 0 shows none. */
  count?: (state: Document) => number;
}

/** A component of another chunk: `later(() => import("…"))`. */
export const later = (load: () => Promise<{ default: ComponentType<{ onClose: () => void }> | ComponentType }>): Panel["view"] =>
  lazy(load as () => Promise<{ default: ComponentType<{ onClose: () => void }> }>);

export const panels: Panel[] = [
  { id: "inspector", title: "inspector.panel", icon: "sliders-horizontal", place: "dock", view: later(() => import("../inspector/Inspector")) },
  { id: "sheet", title: "page.panel.sheet", icon: "settings", place: "dock", view: later(() => import("./SheetPanel")) },
  { id: "yaml", title: "yaml.title", icon: "code", place: "dock", view: later(() => import("../yaml/YamlPanel")) },
  { id: "versions", title: "versions.title", icon: "history", place: "dock", view: later(() => import("../versions/VersionsPanel")) },
  { id: "problems", title: "problems.title", icon: "circle-alert", place: "drawer", view: later(() => import("../problems/ProblemsPanel")), count: (state) => state.problems.length },
  { id: "debug", title: "debug.title", icon: "bug", place: "drawer", view: later(() => import("../debug/DebugPanel")) },
  { id: "tap", title: "tap.title", icon: "activity", place: "drawer", view: later(() => import("../debug/TapPanel")) },
  { id: "trace", title: "trace.title", icon: "route", place: "drawer", view: later(() => import("../debug/TracePanel")) },
  { id: "test", title: "test.title", icon: "flask-conical", place: "drawer", view: later(() => import("../testing/TestPanel")) },
  { id: "deploy-bar", title: "deploy.title", icon: "upload", place: "bar", view: later(() => import("../deploy/DeployBar")) },
  { id: "notices", title: "deploy.title", icon: "info", place: "notice", view: later(() => import("../deploy/Notices")) },
  { id: "deploy", title: "deploy.title", icon: "upload", place: "dialog", view: later(() => import("../deploy/DeployDialog")), keys: ["Mod+Enter"] },
  { id: "conflict", title: "deploy.conflict", icon: "git-merge", place: "dialog", view: later(() => import("../deploy/ConflictDialog")) },
  { id: "commands", title: "command.palette", icon: "search", place: "dialog", view: later(() => import("../commands/CommandPalette")), keys: ["Mod+K"] },
  { id: "keys", title: "command.keys", icon: "key", place: "dialog", view: later(() => import("../commands/KeysDialog")), keys: ["?"] },
];

export const panelsAt = (place: Panel["place"]): Panel[] => panels.filter((panel) => panel.place === place);
