/** The canvas by keyboard: Tab along the flow, arrows move, Enter opens. */
import { select, selectedNodes, sheet, useDocument } from "../editing/document";
import { edit } from "../editing/document";
import { GRID } from "../../model/flow/geometry";
import { flowOrder } from "../../model/flow/flowOrder";
import type { Position } from "../../model/flow/types";
import { inLanguage, say } from "../../platform/i18n";
import { carried, moveOperations } from "./dragging";
import { stage, useCanvas } from "../editing/canvasState";
import { labelOf } from "./nodeAppearance";

const arrows: Record<string, Position> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function keyOnCanvas(event: React.KeyboardEvent, open: (id: string) => void): void {
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
    edit(say("step.move"), moveOperations(carried(selected), [arrow[0] * step, arrow[1] * step]), `arrows:${[...selected].join()}`);
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
  useCanvas.setState({ announce: say("canvas.node", { label: labelOf(node, (words) => inLanguage(words)), type: inLanguage(type?.title) || node.type }) });
}
