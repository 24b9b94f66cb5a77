/** Mouse and pen on the canvas, the same for boxes of the DOM and boxes that are only painted. */
import type { Position } from "../../model/flow/types";
import { translate } from "../../platform/i18n";
import { toast } from "../../platform/kit/toasts";
import { allowed } from "../../platform/session/session";
import { useCanvas } from "../editing/canvasState";
import { select, selectWire, sheet, toggle, useDocument } from "../editing/document";
import { beginDrag, dragBy, dragging, dragSet, endDrag } from "./dragging";
import { elementAt, elementsIn, wireAt } from "./hitTest";
import { spliceOperations } from "./splice";

const SPLICE_REACH_PX = 24;
const CLICK_SLACK_PX = 4;

export interface CanvasSurface {
  toSheet: (x: number, y: number) => Position;
  zoom: () => number;
  lasso: (from: Position, to: Position | null) => void;
  openNode: (id: string) => void;
  repaint: () => void;
}

/** What a press means; false leaves it to the canvas, which then moves. */
export function handlePress(event: PointerEvent, surface: CanvasSurface, spaceHeld: boolean): boolean {
  const target = event.target as Element;
  if (target.closest(".react-flow__handle, .canvas-panel, .menu, input, textarea, select, button, a")) return false;
  if (event.button !== 0 || spaceHeld) return false;
  const { scene, overview: far, lassoFirst } = useCanvas.getState();
  const at = surface.toSheet(event.clientX, event.clientY);
  const id = far ? elementAt(scene, sheet(), at) : (target.closest<HTMLElement>(".react-flow__node")?.dataset["id"] ?? null);
  if (id) {
    pressBox(event, id, surface);
    return true;
  }
  const wire = far ? wireAt(scene, at, 8 / surface.zoom()) : null;
  if (wire) {
    selectWire(wire.id);
    return true;
  }
  if (target.closest(".react-flow__edge")) return false;
  if (event.shiftKey || lassoFirst) {
    drawLasso(event, surface);
    return true;
  }
  return false;
}

function follow(event: PointerEvent, onMove: (event: PointerEvent) => void, onEnd: (event: PointerEvent | null) => void): void {
  const abort = new AbortController();
  const { signal } = abort;
  const finish = (last: PointerEvent | null): void => {
    abort.abort();
    onEnd(last);
  };
  addEventListener("pointermove", (next) => next.pointerId === event.pointerId && onMove(next), { signal });
  addEventListener("pointerup", (last) => last.pointerId === event.pointerId && finish(last), { signal });
  addEventListener("pointercancel", () => finish(null), { signal });
  addEventListener("keydown", (key) => {
    if (key.key !== "Escape") return;
    key.stopPropagation();
    finish(null);
  }, { signal, capture: true });
}

function pressBox(event: PointerEvent, id: string, surface: CanvasSurface): void {
  const start = surface.toSheet(event.clientX, event.clientY);
  const was = useDocument.getState().selected;
  const adds = event.shiftKey || event.ctrlKey || event.metaKey;
  if (adds) toggle(id);
  else if (!was.has(id)) select([id]);
  let begun = false;
  let spliceInto: string | null = null;
  let frame = 0;
  let latest = event;
  const step = (): void => {
    frame = 0;
    if (!begun) return;
    const [x, y] = surface.toSheet(latest.clientX, latest.clientY);
    dragBy([x - start[0], y - start[1]]);
    spliceInto = spliceTarget(id, surface);
    mark(spliceInto);
    surface.repaint();
  };
  follow(event, (next) => {
    if (!allowed("admin")) return;
    const far = Math.hypot(next.clientX - event.clientX, next.clientY - event.clientY);
    if (!begun && far < CLICK_SLACK_PX) return;
    if (!begun) {
      begun = true;
      beginDrag(dragSet(useDocument.getState().selected));
    }
    latest = next;
    frame ||= requestAnimationFrame(step);
  }, (last) => {
    cancelAnimationFrame(frame);
    if (last && begun) {
      latest = last;
      step();
    }
    const into = spliceInto;
    mark(null);
    if (begun) finishMove(id, last !== null, into);
    else if (last && !adds && was.has(id) && was.size > 1) select([id]);
    surface.repaint();
  });
}

function finishMove(id: string, keep: boolean, into: string | null): void {
  const wire = keep && into ? useCanvas.getState().scene.wires.find((candidate) => candidate.id === into) : undefined;
  const done = wire ? spliceOperations(id, wire) : [];
  if (typeof done === "string") {
    toast("warning", done);
    endDrag(keep);
  } else endDrag(keep, done, done.length ? translate("step.splice") : undefined);
}

/** The wire that a single unwired node being moved would go into if it were dropped now. */
function spliceTarget(id: string, surface: CanvasSurface): string | null {
  const { scene } = useCanvas.getState();
  const box = scene.nodes.get(id);
  const move = dragging.now;
  if (!move || move.ids.size !== 1 || !box || scene.wires.some((wire) => wire.from === id || wire.to === id)) return null;
  const centre: Position = [box.x + move.by[0] + box.width / 2, box.y + move.by[1] + box.height / 2];
  return wireAt(scene, centre, SPLICE_REACH_PX / surface.zoom())?.id ?? null;
}

let marked: Element | null = null;

function mark(wire: string | null): void {
  const group = wire ? document.querySelector(`.react-flow__edge[data-id="${CSS.escape(wire)}"] .wire`) : null;
  if (group === marked) return;
  marked?.removeAttribute("data-splice");
  group?.setAttribute("data-splice", "");
  marked = group;
}

function drawLasso(event: PointerEvent, surface: CanvasSurface): void {
  const from: Position = [event.clientX, event.clientY];
  const before = event.shiftKey ? [...useDocument.getState().selected] : [];
  let drawn = false;
  follow(event, (next) => {
    drawn = true;
    surface.lasso(from, [next.clientX, next.clientY]);
    const [ax, ay] = surface.toSheet(...from);
    const [bx, by] = surface.toSheet(next.clientX, next.clientY);
    const area = { x: Math.min(ax, bx), y: Math.min(ay, by), width: Math.abs(ax - bx), height: Math.abs(ay - by) };
    select([...before, ...elementsIn(useCanvas.getState().scene, sheet(), area)]);
  }, () => {
    surface.lasso(from, null);
    if (!drawn) select([]);
    surface.repaint();
  });
}
