/** Commands on parts of a flow: the clipboard, files, subflows. */
import { extractSubflow } from "../../model/flow/extract";
import { type Position, SUBFLOW_PREFIX } from "../../model/flow/types";
import { translate } from "../../platform/i18n";
import { toastError } from "../../platform/kit/toasts";
import type { Command } from "../commands/command";
import { useCanvas } from "../editing/canvasState";
import { draft, edit, openScope, select, selectedNodes, sheet, useDocument } from "../editing/document";
import { copySelection, cutSelection, duplicate, importFile, pasteClipboard } from "./clipboard";
import { exportPng, exportSvg, exportYaml } from "./exportFile";

const anything = (): boolean => useDocument.getState().selected.size > 0;
const nodes = (): boolean => selectedNodes().length > 0;
const subflowOfSelection = (): string => {
  const type = sheet().nodes[selectedNodes()[0] ?? ""]?.type ?? "";
  return type.startsWith(SUBFLOW_PREFIX) ? type.slice(SUBFLOW_PREFIX.length) : "";
};
const doing = (call: () => Promise<void>) => () => void call().catch(toastError);

function makeSubflow(): void {
  const { scene } = useCanvas.getState();
  const place = (id: string): Position => {
    const box = scene.nodes.get(id);
    return box ? [box.x, box.y] : [0, 0];
  };
  const firstOutput = (id: string): string => scene.nodes.get(id)?.ports.outputs[0]?.name ?? "";
  const made = extractSubflow(draft().model, useDocument.getState().scope, new Set(selectedNodes()), translate("canvas.subflow.first"), place, firstOutput);
  edit(translate("step.subflow"), made.operations);
  select([made.node]);
}

function chooseFile(): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".yaml,.yml,text/yaml";
  input.onchange = () => {
    const [file] = input.files ?? [];
    if (file) void importFile(file).catch(toastError);
  };
  input.showPicker();
}

// Ctrl-C, Ctrl-X and Ctrl-V come as the browser's own events; their commands stand in menus and in the palette.
export const partCommands: Command[] = [
  { id: "cut", label: "canvas.do.cut", icon: "scissors", group: "edit", needs: "admin", enabled: anything, run: doing(cutSelection) },
  { id: "copy", label: "canvas.do.copy", icon: "copy", group: "edit", enabled: anything, run: doing(copySelection) },
  { id: "paste", label: "canvas.do.paste", icon: "clipboard-paste", group: "edit", needs: "admin", run: doing(pasteClipboard) },
  { id: "duplicate", label: "canvas.do.duplicate", icon: "copy-plus", keys: ["Mod+D"], group: "edit", needs: "admin", enabled: anything, run: doing(duplicate) },
  { id: "subflow", label: "canvas.do.subflow", icon: "layers", keys: ["Mod+Shift+G"], group: "arrange", needs: "admin", enabled: nodes, run: makeSubflow },
  { id: "into", label: "canvas.do.into", icon: "log-in", keys: ["Alt+ArrowDown"], group: "go", enabled: () => subflowOfSelection() !== "", run: () => openScope(subflowOfSelection()) },
  { id: "import", label: "canvas.do.import", icon: "upload", group: "flow", needs: "admin", run: chooseFile },
  { id: "export-yaml", label: "canvas.do.export-yaml", icon: "file-text", keys: ["Mod+S"], group: "flow", run: doing(exportYaml) },
  { id: "export-svg", label: "canvas.do.export-svg", icon: "image", group: "flow", run: exportSvg },
  { id: "export-png", label: "canvas.do.export-png", icon: "image", group: "flow", run: doing(exportPng) },
];
