/** The commands of the canvas. */
import { boundsOf, type Box, noteBox } from "../../model/flow/geometry";
import type { Operation } from "../../model/flow/operations";
import { addressOf } from "../../model/flow/sheet";
import { translate } from "../../platform/i18n";
import type { Command } from "../commands/command";
import { openNode } from "../editing/openNode";
import { focusPalette } from "../editing/panelLayout";
import { addNote, groupSelection } from "./annotations";
import type { CanvasController } from "./CanvasController";
import { removeOperations } from "./splice";
import { disconnectOperations, toggleWireOperations, wireById } from "./wiring";

export function canvasCommands(canvas: CanvasController): Command[] {
  const { doc } = canvas;
  const anything = (): boolean => doc.state.selected.size > 0 || doc.state.wire !== null;
  const nodes = (): boolean => doc.selectedNodes().length > 0;
  return [
    { id: "open", label: "canvas.do.open", icon: "sliders-horizontal", group: "edit", enabled: nodes, run: () => openNode(doc, doc.selectedNodes()[0] ?? "") },
    { id: "remove", label: "canvas.do.remove", icon: "trash-2", keys: ["Delete", "Backspace"], group: "edit", needs: "admin", enabled: anything, run: () => remove(canvas, false) },
    { id: "remove-and-join", label: "canvas.do.remove-and-join", icon: "spline", keys: ["Mod+Delete", "Mod+Backspace"], group: "edit", needs: "admin", enabled: nodes, run: () => remove(canvas, true) },
    { id: "toggle", label: "canvas.do.toggle", icon: "power", keys: ["E"], group: "edit", needs: "admin", enabled: () => nodes() || doc.state.wire !== null, run: () => toggle(canvas) },
    { id: "select-all", label: "canvas.do.select-all", icon: "maximize", keys: ["Mod+A"], group: "edit", run: () => doc.select([...Object.keys(doc.sheet.nodes), ...Object.keys(doc.sheet.notes).map((name) => `note:${name}`)]) },
    { id: "select-none", label: "canvas.do.select-none", icon: "x", keys: ["Escape"], group: "edit", enabled: anything, run: () => doc.select([]) },

    { id: "add", label: "canvas.do.add", icon: "plus", keys: ["A"], group: "add", needs: "admin", run: () => quickAdd(canvas) },
    { id: "find-type", label: "canvas.do.find-type", icon: "search", keys: ["Mod+E"], group: "add", run: focusPalette },
    { id: "note", label: "canvas.do.note", icon: "sticky-note", keys: ["N"], group: "add", needs: "admin", run: () => addNote(doc, canvas.centre()) },
    { id: "group", label: "canvas.do.group", icon: "group", keys: ["G"], group: "arrange", needs: "admin", enabled: nodes, run: () => groupSelection(doc) },

    { id: "fit", label: "canvas.do.fit", icon: "maximize", keys: ["Mod+1"], group: "view", run: () => canvas.fit() },
    { id: "fit-selection", label: "canvas.do.fit-selection", icon: "frame", keys: ["F"], group: "view", run: () => canvas.fit(boundsOf(boxesOf(canvas, doc.state.selected)) ?? undefined) },
    { id: "zoom-in", label: "canvas.zoom.in", icon: "zoom-in", keys: ["Mod+="], group: "view", run: () => canvas.viewport?.zoomBy(1.25) },
    { id: "zoom-out", label: "canvas.zoom.out", icon: "zoom-out", keys: ["Mod+-"], group: "view", run: () => canvas.viewport?.zoomBy(0.8) },
    { id: "zoom-100", label: "canvas.do.zoom-100", icon: "zoom-in", keys: ["Mod+0"], group: "view", run: () => canvas.viewport?.zoomTo(1) },
    { id: "live", label: "canvas.do.live", icon: "activity", keys: ["L"], group: "view", run: () => canvas.setting({ live: !canvas.state.live }) },
    { id: "heat", label: "canvas.do.heat", icon: "flame", keys: ["H"], group: "view", run: () => canvas.setting({ heat: !canvas.state.heat }) },
    { id: "lasso", label: "canvas.do.lasso", icon: "square-dashed", group: "view", run: () => canvas.setting({ lassoFirst: !canvas.state.lassoFirst }) },
    { id: "out", label: "canvas.do.out", icon: "arrow-left", keys: ["Alt+ArrowUp"], group: "go", enabled: () => doc.scope !== "", run: () => doc.openScope("") },
  ];
}

function boxesOf({ scene, doc }: CanvasController, ids: Iterable<string>): Box[] {
  return [...ids].flatMap((id) => {
    const note = id.startsWith("note:") ? doc.sheet.notes[id.slice(5)] : undefined;
    return (id.startsWith("group:") ? scene.frames.get(id.slice(6)) : note ? noteBox(note) : scene.nodes.get(id)) ?? [];
  });
}

function remove(canvas: CanvasController, reconnect: boolean): void {
  const { doc } = canvas;
  const wire = wireById(canvas, doc.state.wire);
  if (wire) {
    doc.edit(translate("step.unwire"), disconnectOperations(canvas, wire));
    doc.selectWire(null);
  } else doc.edit(translate("step.remove"), removeOperations(canvas, [...doc.state.selected], reconnect));
}

/** Switches what is selected off, or on again when all of it is off. */
function toggle(canvas: CanvasController): void {
  const { doc } = canvas;
  const wire = wireById(canvas, doc.state.wire);
  if (wire) return doc.edit(translate("step.disable"), toggleWireOperations(canvas, wire));
  const ids = doc.selectedNodes();
  const disabled = ids.some((id) => !doc.sheet.nodes[id]?.disabled);
  doc.edit(translate("step.disable"), ids.map((id): Operation => ({ op: "change_node", id: addressOf(doc.scope, id), disabled })));
}

function quickAdd(canvas: CanvasController): void {
  const at = canvas.centre();
  canvas.set({ quickAdd: { at, screen: canvas.viewport?.toScreen(at) ?? at, from: null } });
}
