/** The commands of the page round the canvas: a command for each panel, undo, what is shown. */
import { canRedo, canUndo } from "../../model/flow/history";
import { navigate } from "../../platform/router/location";
import type { Command } from "../commands/command";
import type { FlowDocument } from "../editing/FlowDocument";
import { openPanel, togglePanel, useLayout } from "../editing/panelLayout";
import { panels } from "../editing/panels";

export const pageCommands = (doc: FlowDocument): Command[] => [
  { id: "undo", label: "command.undo", icon: "undo-2", keys: ["Mod+Z"], group: "edit", enabled: () => doc.state.history !== null && canUndo(doc.state.history), run: () => doc.undo() },
  { id: "redo", label: "command.redo", icon: "redo-2", keys: ["Mod+Shift+Z", "Mod+Y"], group: "edit", enabled: () => doc.state.history !== null && canRedo(doc.state.history), run: () => doc.redo() },
  { id: "toggle-palette", label: "command.toggle-palette", icon: "panel-left", keys: ["Mod+B"], group: "view", run: () => useLayout.setState(({ palette }) => ({ palette: !palette })) },
  { id: "toggle-dock", label: "command.toggle-dock", icon: "panel-right", keys: ["Mod+I"], group: "view", run: () => useLayout.setState(({ dockOpen }) => ({ dockOpen: !dockOpen })) },
  { id: "flows", label: "command.flows", icon: "workflow", group: "go", run: () => navigate("/flows") },
  ...panels.map((panel): Command => ({
    id: `panel.${panel.id}`, label: panel.title, icon: panel.icon, group: "go", ...(panel.keys && { keys: panel.keys }),
    run: () => (panel.keys ? togglePanel : openPanel)(panel.id),
  })),
];
