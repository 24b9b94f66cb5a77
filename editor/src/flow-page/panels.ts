/** Every panel of the flow page. An area adds its line here; a panel is loaded when it is first opened. */
import { createElement, lazy, type ComponentType } from "react";
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

const soonLoads: Load[] = [];
type Load = () => Promise<{ default: ComponentType<{ onClose: () => void }> | ComponentType }>;

/** A component of another chunk: `later(() => import("…"))`. */
export const later = (load: Load): Panel["view"] => lazy(load as () => Promise<{ default: ComponentType<{ onClose: () => void }> }>);

/** The same for one that is typed into at once: fetched while the page is idle, and then there in the very turn in which it is opened. */
export function soon(load: Load): Panel["view"] {
  let here: ComponentType<{ onClose: () => void }> | null = null;
  const fetched: Load = async () => {
    const loaded = await load();
    here = loaded.default as ComponentType<{ onClose: () => void }>;
    return loaded;
  };
  soonLoads.push(fetched);
  const Later = later(fetched);
  return (props) => createElement(here ?? Later, props);
}

export const loadSoon = (): void => soonLoads.forEach((load) => void load().catch(() => undefined));

export const panels: Panel[] = [
  { id: "inspector", title: "inspector.panel", icon: "sliders-horizontal", place: "dock", view: later(() => import("../inspector/Inspector")) },
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
  { id: "search", title: "search.label", icon: "search", place: "dialog", view: soon(() => import("../search/SearchPanel")), keys: ["Mod+F"] },
  { id: "commands", title: "command.palette", icon: "terminal", place: "dialog", view: soon(() => import("../commands/CommandPalette")), keys: ["Mod+K"] },
  { id: "keys", title: "command.keys", icon: "key", place: "dialog", view: later(() => import("../commands/KeysDialog")), keys: ["?"] },
];

export const panelsAt = (place: Panel["place"]): Panel[] => panels.filter((panel) => panel.place === place);
