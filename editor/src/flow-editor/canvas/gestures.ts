/** Mouse and pen on the canvas, the same for boxes of the DOM and boxes that are only painted. */
import type { Position } from "../../model/flow/types";
import { translate } from "../../platform/i18n";
import { followPointer } from "../../platform/kit/followPointer";
import { toast } from "../../platform/kit/toasts";
import { allowed } from "../../platform/session/session";
import type { CanvasController } from "./CanvasController";
import { elementAt, elementsIn, wireAt } from "./hitTest";
import { spliceOperations } from "./splice";
import type { Viewport } from "./Viewport";

const SPLICE_REACH_PX = 24;
const CLICK_SLACK_PX = 4;

/** Takes the presses that are meant for what lies on the sheet, before React Flow sees them; the answer ends it. */
export function listenToPresses(element: HTMLElement, canvas: CanvasController, view: Viewport): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  let spaceHeld = false;
  // d3-zoom listens to the mousedown that follows: a press that was ours must not reach it.
  let ours = false;
  element.addEventListener("pointerdown", (event) => {
    ours = event.pointerType !== "touch" && handlePress(event, canvas, view, spaceHeld);
    if (!ours) return;
    event.stopPropagation();
    element.querySelector<HTMLElement>(".stage-focus")?.focus({ preventScroll: true });
  }, { capture: true, signal });
  element.addEventListener("mousedown", (event) => {
    if (!ours) return;
    event.stopPropagation();
    event.preventDefault();
  }, { capture: true, signal });
  element.addEventListener("click", (event) => ours && event.stopPropagation(), { capture: true, signal });
  const space = (event: KeyboardEvent): void => {
    if (event.code === "Space" && !(event.target as Element).closest("input, textarea, select, button")) spaceHeld = event.type === "keydown";
  };
  addEventListener("keydown", space, { signal });
  addEventListener("keyup", space, { signal });
  return () => ended.abort();
}

/** What a press means; false leaves it to the canvas, which then moves. */
function handlePress(event: PointerEvent, canvas: CanvasController, view: Viewport, spaceHeld: boolean): boolean {
  const target = event.target as Element;
  if (target.closest(".react-flow__handle, .canvas-panel, .menu, input, textarea, select, button, a")) return false;
  if (event.button !== 0 || spaceHeld) return false;
  const { scene, overview, lassoFirst } = canvas.state;
  const at = view.toSheet(event.clientX, event.clientY);
  const id = overview ? elementAt(scene, canvas.doc.sheet, at) : (target.closest<HTMLElement>(".react-flow__node")?.dataset["id"] ?? null);
  if (id) {
    pressBox(event, id, canvas, view);
    return true;
  }
  const wire = overview ? wireAt(scene, at, 8 / view.zoom) : null;
  if (wire) {
    canvas.doc.selectWire(wire.id);
    return true;
  }
  if (target.closest(".react-flow__edge")) return false;
  if (event.shiftKey || lassoFirst) {
    drawLasso(event, canvas, view);
    return true;
  }
  return false;
}

function pressBox(event: PointerEvent, id: string, canvas: CanvasController, view: Viewport): void {
  const { doc, drag } = canvas;
  const start = view.toSheet(event.clientX, event.clientY);
  const was = doc.state.selected;
  const adds = event.shiftKey || event.ctrlKey || event.metaKey;
  if (adds) doc.toggle(id);
  else if (!was.has(id)) doc.select([id]);
  const mark = new SpliceMark();
  let begun = false;
  let spliceInto: string | null = null;
  let frame = 0;
  let latest = event;
  const step = (): void => {
    frame = 0;
    if (!begun) return;
    const [x, y] = view.toSheet(latest.clientX, latest.clientY);
    drag.moveBy([x - start[0], y - start[1]]);
    spliceInto = spliceTarget(id, canvas, view);
    mark.put(spliceInto);
    canvas.repaint();
  };
  followPointer(event, (next) => {
    if (!allowed("admin")) return;
    const distance = Math.hypot(next.clientX - event.clientX, next.clientY - event.clientY);
    if (!begun && distance < CLICK_SLACK_PX) return;
    if (!begun) {
      begun = true;
      drag.begin(drag.dragSet(doc.state.selected));
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
    mark.put(null);
    if (begun) drop(id, last !== null, into, canvas);
    else if (last && !adds && was.has(id) && was.size > 1) doc.select([id]);
    canvas.repaint();
  });
}

function drop(id: string, keep: boolean, into: string | null, canvas: CanvasController): void {
  const wire = keep && into ? canvas.scene.wires.find((candidate) => candidate.id === into) : undefined;
  const done = wire ? spliceOperations(canvas, id, wire) : [];
  if (typeof done === "string") {
    toast("warning", done);
    canvas.drag.end(keep);
  } else canvas.drag.end(keep, done, done.length ? translate("step.splice") : undefined);
}

/** The wire that a single unwired node being moved would go into if it were dropped now. */
function spliceTarget(id: string, { scene, drag }: CanvasController, view: Viewport): string | null {
  const box = scene.nodes.get(id);
  const move = drag.current;
  if (!move || move.ids.size !== 1 || !box || scene.wires.some((wire) => wire.from === id || wire.to === id)) return null;
  const centre: Position = [box.x + move.by[0] + box.width / 2, box.y + move.by[1] + box.height / 2];
  return wireAt(scene, centre, SPLICE_REACH_PX / view.zoom)?.id ?? null;
}

/** Shows on a wire that what is being dragged would go into it. */
class SpliceMark {
  private marked: Element | null = null;

  put(wire: string | null): void {
    const group = wire ? document.querySelector(`.react-flow__edge[data-id="${CSS.escape(wire)}"] .wire`) : null;
    if (group === this.marked) return;
    this.marked?.removeAttribute("data-splice");
    group?.setAttribute("data-splice", "");
    this.marked = group;
  }
}

function drawLasso(event: PointerEvent, canvas: CanvasController, view: Viewport): void {
  const { doc } = canvas;
  const from: Position = [event.clientX, event.clientY];
  const before = event.shiftKey ? [...doc.state.selected] : [];
  let drawn = false;
  followPointer(event, (next) => {
    drawn = true;
    view.lasso(from, [next.clientX, next.clientY]);
    const [ax, ay] = view.toSheet(...from);
    const [bx, by] = view.toSheet(next.clientX, next.clientY);
    const area = { x: Math.min(ax, bx), y: Math.min(ay, by), width: Math.abs(ax - bx), height: Math.abs(ay - by) };
    doc.select([...before, ...elementsIn(canvas.scene, doc.sheet, area)]);
  }, () => {
    view.lasso(from, null);
    if (!drawn) doc.select([]);
    canvas.repaint();
  });
}
