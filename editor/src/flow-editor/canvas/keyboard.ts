/** The canvas by keyboard: Tab along the flow, arrows move, Enter opens. */
import { flowOrder } from "../../model/flow/flowOrder";
import { GRID } from "../../model/flow/geometry";
import type { Position } from "../../model/flow/types";
import { localized, translate } from "../../platform/i18n";
import { stage, useCanvas } from "../editing/canvasState";
import { edit, select, selectedNodes, sheet, useDocument } from "../editing/document";
import { dragSet, moveOperations } from "./dragging";
import { labelOf } from "./nodeAppearance";

const arrows: Record<string, Position> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function handleCanvasKey(event: React.KeyboardEvent, open: (id: string) => void): void {
  if ((event.target as Element).closest("input, textarea, select, [role=menu], [role=listbox], .canvas-panel")) return;
  const arrow = arrows[event.key];
  const { selected } = useDocument.getState();
  if (event.key === "Tab" && walk(event.shiftKey ? -1 : 1)) event.preventDefault();
  else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    const [id] = selected;
    if (!id) return;
    event.preventDefault();
    open(id);
  } else if (arrow && selected.size > 0 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    const step = event.shiftKey ? GRID * 4 : GRID;
    edit(translate("step.move"), moveOperations(dragSet(selected), [arrow[0] * step, arrow[1] * step]), `arrows:${[...selected].join()}`);
  }
}

/** Selects the next node along the flow; false at the end, where Tab leaves the canvas. */
function walk(by: 1 | -1): boolean {
  const order = flowOrder(sheet());
  const here = selectedNodes().at(-1);
  const at = here === undefined ? (by === 1 ? 0 : order.length - 1) : order.indexOf(here) + by;
  const next = order[at];
  if (next === undefined) {
    select([]);
    return false;
  }
  select([next]);
  stage.reveal(next);
  announce(next);
  return true;
}

function announce(id: string): void {
  const node = sheet().nodes[id];
  if (!node) return;
  const type = useDocument.getState().catalogue.get(node.type);
  useCanvas.setState({ announce: translate("canvas.node", { label: labelOf(node, (words) => localized(words)), type: localized(type?.title) || node.type }) });
}
