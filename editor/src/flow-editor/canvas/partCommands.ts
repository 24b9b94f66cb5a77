/** Commands on parts of a flow: the clipboard, files, subflows. */
import { extractSubflow } from "../../model/flow/extract";
import { type Position, SUBFLOW_PREFIX } from "../../model/flow/types";
import { translate } from "../../platform/i18n";
import { toastError } from "../../platform/kit/toasts";
import type { Command } from "../commands/command";
import type { DraftCheck } from "../editing/DraftCheck";
import type { CanvasController } from "./CanvasController";
import type { Clipboard } from "./Clipboard";
import { exportPng, exportSvg, exportYaml } from "./exportFile";

const doing = (call: () => Promise<void>) => () => void call().catch(toastError);

// Ctrl-C, Ctrl-X and Ctrl-V come as the browser's own events; their commands stand in menus and in the palette.
export function partCommands(canvas: CanvasController, clipboard: Clipboard, check: DraftCheck): Command[] {
  const { doc } = canvas;
  const anything = (): boolean => doc.state.selected.size > 0;
  const nodes = (): boolean => doc.selectedNodes().length > 0;
  const chosenSubflow = (): string => {
    const type = doc.sheet.nodes[doc.selectedNodes()[0] ?? ""]?.type ?? "";
    return type.startsWith(SUBFLOW_PREFIX) ? type.slice(SUBFLOW_PREFIX.length) : "";
  };
  return [
    { id: "cut", label: "canvas.do.cut", icon: "scissors", group: "edit", needs: "admin", enabled: anything, run: doing(() => clipboard.cut()) },
    { id: "copy", label: "canvas.do.copy", icon: "copy", group: "edit", enabled: anything, run: doing(() => clipboard.copy()) },
    { id: "paste", label: "canvas.do.paste", icon: "clipboard-paste", group: "edit", needs: "admin", run: doing(() => clipboard.paste()) },
    { id: "duplicate", label: "canvas.do.duplicate", icon: "copy-plus", keys: ["Mod+D"], group: "edit", needs: "admin", enabled: anything, run: doing(() => clipboard.duplicate()) },
    { id: "subflow", label: "canvas.do.subflow", icon: "layers", keys: ["Mod+Shift+G"], group: "arrange", needs: "admin", enabled: nodes, run: () => makeSubflow(canvas) },
    { id: "into", label: "canvas.do.into", icon: "log-in", keys: ["Alt+ArrowDown"], group: "go", enabled: () => chosenSubflow() !== "", run: () => doc.openScope(chosenSubflow()) },
    { id: "import", label: "canvas.do.import", icon: "upload", group: "flow", needs: "admin", run: () => chooseFile((file) => clipboard.importFile(file)) },
    { id: "export-yaml", label: "canvas.do.export-yaml", icon: "file-text", keys: ["Mod+S"], group: "flow", run: doing(() => exportYaml(doc, check)) },
    { id: "export-svg", label: "canvas.do.export-svg", icon: "image", group: "flow", run: () => exportSvg(canvas) },
    { id: "export-png", label: "canvas.do.export-png", icon: "image", group: "flow", run: doing(() => exportPng(canvas)) },
  ];
}

function makeSubflow({ doc, scene }: CanvasController): void {
  const positionOf = (id: string): Position => {
    const box = scene.nodes.get(id);
    return box ? [box.x, box.y] : [0, 0];
  };
  const firstOutput = (id: string): string => scene.nodes.get(id)?.ports.outputs[0]?.name ?? "";
  const made = extractSubflow(doc.model, doc.scope, new Set(doc.selectedNodes()), translate("canvas.subflow.first"), positionOf, firstOutput);
  doc.edit(translate("step.subflow"), made.operations);
  doc.select([made.node]);
}

function chooseFile(read: (file: File) => Promise<void>): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".yaml,.yml,text/yaml";
  input.onchange = () => {
    const [file] = input.files ?? [];
    if (file) void read(file).catch(toastError);
  };
  input.showPicker();
}
