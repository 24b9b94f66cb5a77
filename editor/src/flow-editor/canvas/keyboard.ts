/** The canvas by keyboard: Tab along the flow, arrows move, Enter opens. */
import { flowOrder } from "../../model/flow/flowOrder";
import { GRID } from "../../model/flow/geometry";
import type { Position } from "../../model/flow/types";
import { localized, translate } from "../../platform/i18n";
import { openNode } from "../editing/openNode";
import type { CanvasController } from "./CanvasController";
import { labelOf } from "./nodeAppearance";

const arrows: Record<string, Position> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function handleCanvasKey(event: React.KeyboardEvent, canvas: CanvasController): void {
  if ((event.target as Element).closest("input, textarea, select, [role=menu], [role=listbox], .canvas-panel")) return;
  const arrow = arrows[event.key];
  const { selected } = canvas.doc.state;
  if (event.key === "Tab" && walk(canvas, event.shiftKey ? -1 : 1)) event.preventDefault();
  else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    const [id] = selected;
    if (!id) return;
    event.preventDefault();
    openNode(canvas.doc, id);
  } else if (arrow && selected.size > 0 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    const step = event.shiftKey ? GRID * 4 : GRID;
    canvas.doc.edit(translate("step.move"), canvas.drag.moveOperations(canvas.drag.dragSet(selected), [arrow[0] * step, arrow[1] * step]), `arrows:${[...selected].join()}`);
  }
}

/** Selects the next node along the flow; false at the end, where Tab leaves the canvas. */
function walk(canvas: CanvasController, by: 1 | -1): boolean {
  const order = flowOrder(canvas.doc.sheet);
  const here = canvas.doc.selectedNodes().at(-1);
  const at = here === undefined ? (by === 1 ? 0 : order.length - 1) : order.indexOf(here) + by;
  const next = order[at];
  if (next === undefined) {
    canvas.doc.select([]);
    return false;
  }
  canvas.doc.select([next]);
  canvas.reveal(next);
  announce(canvas, next);
  return true;
}

function announce(canvas: CanvasController, id: string): void {
  const node = canvas.doc.sheet.nodes[id];
  if (!node) return;
  const type = canvas.doc.state.catalogue.get(node.type);
  canvas.set({ announce: translate("canvas.node", { label: labelOf(node, (words) => localized(words)), type: localized(type?.title) || node.type }) });
}
