/** Every panel of the flow page. An area adds its line here, and what it shows to `PanelView`. */
import type { DocumentState } from "./FlowDocument";

export interface Panel {
  id: string;
  /** Key of its title. */
  title: string;
  icon: string;
  /** `dock`: a tab at the right. `drawer`: a tab at the bottom. `dialog`: shown while it is open. */
  place: "dock" | "drawer" | "dialog";
  /** Shortcut that opens it, and closes it when it is open. */
  keys?: string[];
  /** A number beside the title, such as how many problems there are; 0 shows none. */
  count?: (state: DocumentState) => number;
}

export const panels: Panel[] = [
  { id: "inspector", title: "inspector.panel", icon: "sliders-horizontal", place: "dock" },
  { id: "yaml", title: "yaml.title", icon: "code", place: "dock" },
  { id: "versions", title: "versions.title", icon: "history", place: "dock" },
  { id: "problems", title: "problems.title", icon: "circle-alert", place: "drawer", count: (state) => state.problems.length },
  { id: "debug", title: "debug.title", icon: "bug", place: "drawer" },
  { id: "tap", title: "tap.title", icon: "activity", place: "drawer" },
  { id: "trace", title: "trace.title", icon: "route", place: "drawer" },
  { id: "test", title: "test.title", icon: "flask-conical", place: "drawer" },
  { id: "deploy", title: "deploy.title", icon: "upload", place: "dialog", keys: ["Mod+Enter"] },
  { id: "conflict", title: "deploy.conflict", icon: "git-merge", place: "dialog" },
  { id: "search", title: "search.label", icon: "search", place: "dialog", keys: ["Mod+F"] },
  { id: "commands", title: "command.palette", icon: "terminal", place: "dialog", keys: ["Mod+K"] },
  { id: "keys", title: "command.keys", icon: "key", place: "dialog", keys: ["?"] },
];

export const panelsAt = (place: Panel["place"]): Panel[] => panels.filter((panel) => panel.place === place);
