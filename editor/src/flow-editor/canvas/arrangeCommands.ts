/** The commands that put the selected nodes in order. */
import { align, distribute, type Edge, type NamedBox } from "../../model/flow/arrange";
import { addressOf } from "../../model/flow/sheet";
import type { Position } from "../../model/flow/types";
import { translate } from "../../platform/i18n";
import { toastError } from "../../platform/kit/toasts";
import type { Command } from "../commands/command";
import type { FlowDocument } from "../editing/FlowDocument";
import { autoLayout } from "./autoLayout";
import type { CanvasController } from "./CanvasController";

const boxesOf = (canvas: CanvasController): NamedBox[] => canvas.doc.selectedNodes().flatMap((id) => canvas.scene.nodes.get(id) ?? []);

function put(doc: FlowDocument, places: Record<string, Position>): void {
  doc.edit(translate("step.layout"), [{ op: "set_layout", positions: Object.fromEntries(Object.entries(places).map(([id, at]) => [addressOf(doc.scope, id), at])) }]);
}

const icons: Record<Edge, string> = {
  left: "align-start-vertical", centre: "align-center-vertical", right: "align-end-vertical",
  top: "align-start-horizontal", middle: "align-center-horizontal", bottom: "align-end-horizontal",
};
const keys: Partial<Record<Edge, string>> = { left: "Alt+Shift+L", right: "Alt+Shift+R", top: "Alt+Shift+T", bottom: "Alt+Shift+B", centre: "Alt+Shift+C", middle: "Alt+Shift+M" };

export function arrangeCommands(canvas: CanvasController): Command[] {
  const boxes = (): NamedBox[] => boxesOf(canvas);
  const spread = (axis: "x" | "y") => () => put(canvas.doc, distribute(boxes(), axis));
  return [
    ...(Object.keys(icons) as Edge[]).map((edge): Command => ({
      id: `align-${edge}`, label: `canvas.do.align.${edge}`, icon: icons[edge], keys: [keys[edge] ?? ""], group: "arrange", needs: "admin",
      enabled: () => boxes().length > 1, run: () => put(canvas.doc, align(boxes(), edge)),
    })),
    { id: "distribute-x", label: "canvas.do.distribute.x", icon: "align-horizontal-distribute-center", keys: ["Alt+Shift+H"], group: "arrange", needs: "admin", enabled: () => boxes().length > 2, run: spread("x") },
    { id: "distribute-y", label: "canvas.do.distribute.y", icon: "align-vertical-distribute-center", keys: ["Alt+Shift+V"], group: "arrange", needs: "admin", enabled: () => boxes().length > 2, run: spread("y") },
    { id: "layout", label: "canvas.do.layout", icon: "network", keys: ["Mod+Shift+L"], group: "arrange", needs: "admin", run: () => void autoLayout(canvas).catch(toastError) },
  ];
}
