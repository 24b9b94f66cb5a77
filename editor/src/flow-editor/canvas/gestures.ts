/** Mouse and pen on the canvas, the same for boxes of the DOM and boxes that are only painted. */
import { sheet, select, selectWire, toggle, useDocument } from "../editing/document";
import type { Position } from "../../model/flow/types";
import { say } from "../../platform/i18n";
import { toast } from "../../platform/kit/toasts";
import { allowed } from "../../platform/session/session";
import { elementAt, elementsIn, wireAt } from "./hitTest";
import { beginMove, carried, endMove, moveBy, moving } from "./dragging";
import { splice } from "./splice";
import { useCanvas } from "../editing/canvasState";

const SPLICE_REACH_PX = 24;
const CLICK_SLACK_PX = 4;

export interface Ground {
  toSheet: (x: number, y: number) => Position;
  zoom: () => number;
  lasso: (from: Position, to: Position | null) => void;
  openNode: (id: string) => void;
  repaint: () => void;
}

/** What a press means; false leaves it to the canvas, which then moves. */
export function press(event: PointerEvent, ground: Ground, spaceHeld: boolean): boolean {
  const target = event.target as Element;
  if (target.closest(".react-flow__handle, .canvas-panel, .menu, input, textarea, select, button, a")) return false;
  if (event.button !== 0 || spaceHeld) return false;
  const { scene, far, lassoFirst } = useCanvas.getState();
  const at = ground.toSheet(event.clientX, event.clientY);
  const id = far ? elementAt(scene, sheet(), at) : (target.closest<HTMLElement>(".react-flow__node")?.dataset["id"] ?? null);
  if (id) {
    pressBox(event, id, ground);
    return true;
  }
  const wire = far ? wireAt(scene, at, 8 / ground.zoom()) : null;
  if (wire) {
    selectWire(wire.id);
    return true;
  }
  if (target.closest(".react-flow__edge")) return false;
  if (event.shiftKey || lassoFirst) {
    drawLasso(event, ground);
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

function pressBox(event: PointerEvent, id: string, ground: Ground): void {
  const start = ground.toSheet(event.clientX, event.clientY);
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
    const [x, y] = ground.toSheet(latest.clientX, latest.clientY);
    moveBy([x - start[0], y - start[1]]);
    spliceInto = spliceTarget(id, ground);
    mark(spliceInto);
    ground.repaint();
  };
  follow(event, (next) => {
    if (!allowed("admin")) return;
    const far = Math.hypot(next.clientX - event.clientX, next.clientY - event.clientY);
    if (!begun && far < CLICK_SLACK_PX) return;
    if (!begun) {
      begun = true;
      beginMove(carried(useDocument.getState().selected));
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
    ground.repaint();
  });
}

function finishMove(id: string, keep: boolean, into: string | null): void {
  const wire = keep && into ? useCanvas.getState().scene.wires.find((candidate) => candidate.id === into) : undefined;
  const done = wire ? splice(id, wire) : [];
  if (typeof done === "string") {
    toast("warning", done);
    endMove(keep);
  } else endMove(keep, done, done.length ? say("step.splice") : undefined);
}

/** The wire that a single unwired node being moved would go into if it were dropped now. */
function spliceTarget(id: string, ground: Ground): string | null {
  const { scene } = useCanvas.getState();
  const box = scene.nodes.get(id);
  const move = moving.now;
  if (!move || move.ids.size !== 1 || !box || scene.wires.some((wire) => wire.from === id || wire.to === id)) return null;
  const centre: Position = [box.x + move.by[0] + box.width / 2, box.y + move.by[1] + box.height / 2];
  return wireAt(scene, centre, SPLICE_REACH_PX / ground.zoom())?.id ?? null;
}

let marked: Element | null = null;

function mark(wire: string | null): void {
  const group = wire ? document.querySelector(`.react-flow__edge[data-id="${CSS.escape(wire)}"] .wire`) : null;
  if (group === marked) return;
  marked?.removeAttribute("data-splice");
  group?.setAttribute("data-splice", "");
  marked = group;
}

function drawLasso(event: PointerEvent, ground: Ground): void {
  const from: Position = [event.clientX, event.clientY];
  const before = event.shiftKey ? [...useDocument.getState().selected] : [];
  let drawn = false;
  follow(event, (next) => {
    drawn = true;
    ground.lasso(from, [next.clientX, next.clientY]);
    const [ax, ay] = ground.toSheet(...from);
    const [bx, by] = ground.toSheet(next.clientX, next.clientY);
    const area = { x: Math.min(ax, bx), y: Math.min(ay, by), width: Math.abs(ax - bx), height: Math.abs(ay - by) };
    select([...before, ...elementsIn(useCanvas.getState().scene, sheet(), area)]);
  }, () => {
    ground.lasso(from, null);
    if (!drawn) select([]);
    ground.repaint();
  });
}
