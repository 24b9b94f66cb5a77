/** The commands of the canvas. */
import { boundsOf, type Box, noteBox } from "../../model/flow/geometry";
import type { Operation } from "../../model/flow/operations";
import { addressOf } from "../../model/flow/sheet";
import { translate } from "../../platform/i18n";
import type { Command } from "../commands/command";
import { saveSettings, stage, useCanvas } from "../editing/canvasState";
import { edit, openScope, select, selectedNodes, selectWire, sheet, useDocument } from "../editing/document";
import { palette } from "../editing/paletteHandle";
import { addNote, groupSelection } from "./annotations";
import { openOnCanvas } from "./opening";
import { removeOperations } from "./splice";
import { disconnectOperations, toggleWireOperations, wireById } from "./wiring";

const here = () => useDocument.getState();
const anything = (): boolean => here().selected.size > 0 || here().wire !== null;
const nodes = (): boolean => selectedNodes().length > 0;

function boxesOf(ids: Iterable<string>): Box[] {
  const { scene } = useCanvas.getState();
  return [...ids].flatMap((id) => {
    const note = id.startsWith("note:") ? sheet().notes[id.slice(5)] : undefined;
    return (id.startsWith("group:") ? scene.frames.get(id.slice(6)) : note ? noteBox(note) : scene.nodes.get(id)) ?? [];
  });
}

function remove(join: boolean): void {
  const wire = wireById(here().wire);
  if (wire) {
    edit(translate("step.unwire"), disconnectOperations(wire));
    selectWire(null);
  } else edit(translate("step.remove"), removeOperations([...here().selected], join));
}

/** Switches what is selected off, or on again when all of it is off. */
function toggle(): void {
  const { scope } = here();
  const wire = wireById(here().wire);
  if (wire) return edit(translate("step.disable"), toggleWireOperations(wire));
  const ids = selectedNodes();
  const disabled = ids.some((id) => !sheet().nodes[id]?.disabled);
  edit(translate("step.disable"), ids.map((id): Operation => ({ op: "change_node", id: addressOf(scope, id), disabled })));
}

function quickAdd(): void {
  const at = stage.centre();
  useCanvas.setState({ quickAdd: { at, screen: stage.toScreen(at), from: null } });
}

export const canvasCommands: Command[] = [
  { id: "open", label: "canvas.do.open", icon: "sliders-horizontal", group: "edit", enabled: nodes, run: () => openOnCanvas(selectedNodes()[0] ?? "") },
  { id: "remove", label: "canvas.do.remove", icon: "trash-2", keys: ["Delete", "Backspace"], group: "edit", needs: "admin", enabled: anything, run: () => remove(false) },
  { id: "remove-and-join", label: "canvas.do.remove-and-join", icon: "spline", keys: ["Mod+Delete", "Mod+Backspace"], group: "edit", needs: "admin", enabled: nodes, run: () => remove(true) },
  { id: "toggle", label: "canvas.do.toggle", icon: "power", keys: ["E"], group: "edit", needs: "admin", enabled: () => nodes() || here().wire !== null, run: toggle },
  { id: "select-all", label: "canvas.do.select-all", icon: "maximize", keys: ["Mod+A"], group: "edit", run: () => select([...Object.keys(sheet().nodes), ...Object.keys(sheet().notes).map((name) => `note:${name}`)]) },
  { id: "select-none", label: "canvas.do.select-none", icon: "x", keys: ["Escape"], group: "edit", enabled: anything, run: () => select([]) },

  { id: "add", label: "canvas.do.add", icon: "plus", keys: ["A"], group: "add", needs: "admin", run: quickAdd },
  { id: "find-type", label: "canvas.do.find-type", icon: "search", keys: ["Mod+E"], group: "add", run: palette.focus },
  { id: "note", label: "canvas.do.note", icon: "sticky-note", keys: ["N"], group: "add", needs: "admin", run: addNote },
  { id: "group", label: "canvas.do.group", icon: "group", keys: ["G"], group: "arrange", needs: "admin", enabled: nodes, run: groupSelection },

  { id: "fit", label: "canvas.do.fit", icon: "maximize", keys: ["Mod+1"], group: "view", run: () => stage.fit(null) },
  { id: "fit-selection", label: "canvas.do.fit-selection", icon: "frame", keys: ["F"], group: "view", run: () => stage.fit(boundsOf(boxesOf(here().selected))) },
  { id: "zoom-in", label: "canvas.zoom.in", icon: "zoom-in", keys: ["Mod+="], group: "view", run: () => stage.zoom(1.25) },
  { id: "zoom-out", label: "canvas.zoom.out", icon: "zoom-out", keys: ["Mod+-"], group: "view", run: () => stage.zoom(0.8) },
  { id: "zoom-100", label: "canvas.do.zoom-100", icon: "zoom-in", keys: ["Mod+0"], group: "view", run: () => stage.zoomTo(1) },
  { id: "live", label: "canvas.do.live", icon: "activity", keys: ["L"], group: "view", run: () => saveSettings({ live: !useCanvas.getState().live }) },
  { id: "heat", label: "canvas.do.heat", icon: "flame", keys: ["H"], group: "view", run: () => saveSettings({ heat: !useCanvas.getState().heat }) },
  { id: "lasso", label: "canvas.do.lasso", icon: "square-dashed", group: "view", run: () => saveSettings({ lassoFirst: !useCanvas.getState().lassoFirst }) },
  { id: "out", label: "canvas.do.out", icon: "arrow-left", keys: ["Alt+ArrowUp"], group: "go", enabled: () => here().scope !== "", run: () => openScope("") },
];
