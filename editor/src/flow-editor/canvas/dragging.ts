/** Moving a selection: one offset for all of it while it moves, one step of the history when it is dropped. */
import { pathOf, pointOn, snapToGrid } from "../../model/flow/geometry";
import type { Operation } from "../../model/flow/operations";
import { definitionsFirst } from "../../model/flow/operationsBetween";
import { curveOf, type SceneWire, subflowPortOf } from "../../model/flow/scene";
import { addressOf } from "../../model/flow/sheet";
import type { Position } from "../../model/flow/types";
import { translate } from "../../platform/i18n";
import { useCanvas } from "../editing/canvasState";
import { edit, sheet, useDocument } from "../editing/document";

/** The wires that are in the DOM just now. */
export const wireElements = new Map<string, SVGGElement>();

export interface Drag {
  ids: ReadonlySet<string>;
  by: Position;
}

const still: Position = [0, 0];
export const dragging: { now: Drag | null } = { now: null };

/** What moves along when `ids` move: a frame takes its members. */
export function dragSet(ids: Iterable<string>): Set<string> {
  const all = new Set(ids);
  for (const id of [...all]) {
    if (id.startsWith("group:")) for (const member of sheet().groups[id.slice(6)]?.members ?? []) all.add(member);
  }
  return all;
}

let elements: HTMLElement[] = [];
let wires: SceneWire[] = [];

export function beginDrag(ids: ReadonlySet<string>): void {
  ids = new Set([...ids].filter((id) => !subflowPortOf(id)));
  dragging.now = { ids, by: still };
  elements = [...document.querySelectorAll<HTMLElement>(".react-flow__node")].filter((element) => ids.has(element.dataset["id"] ?? ""));
  wires = useCanvas.getState().scene.wires.filter((wire) => wireElements.has(wire.id) && (ids.has(wire.from) || ids.has(wire.to)));
}

/** One write per box and wire that can be seen; React is not asked. */
export function dragBy(by: Position): void {
  const move = dragging.now;
  if (!move) return;
  dragging.now = { ...move, by };
  for (const element of elements) element.style.translate = `${by[0]}px ${by[1]}px`;
  const { nodes } = useCanvas.getState().scene;
  for (const wire of wires) redraw(wireElements.get(wire.id), curveOf(wire, nodes, (id) => (move.ids.has(id) ? by : still)));
}

function redraw(group: SVGGElement | undefined, curve: SceneWire["curve"]): void {
  if (!group) return;
  const path = pathOf(curve);
  for (const line of group.querySelectorAll("path")) line.setAttribute("d", path);
  const text = group.querySelector("text");
  const [x, y] = pointOn(curve, 0.5);
  text?.setAttribute("x", String(x));
  text?.setAttribute("y", String(y - 7));
}

export function endDrag(keep: boolean, more: Operation[] = [], label = translate("step.move")): void {
  const move = dragging.now;
  dragging.now = null;
  for (const element of elements) element.style.translate = "";
  const by: Position = move && keep ? [snapToGrid(move.by[0]), snapToGrid(move.by[1])] : still;
  const { nodes } = useCanvas.getState().scene;
  for (const wire of wires) redraw(wireElements.get(wire.id), curveOf(wire, nodes));
  elements = [];
  wires = [];
  if (!move || (by[0] === 0 && by[1] === 0)) return;
  edit(label, definitionsFirst([...moveOperations(move.ids, by), ...more]));
}

export function moveOperations(ids: Iterable<string>, by: Position): Operation[] {
  const { scope } = useDocument.getState();
  const { nodes } = useCanvas.getState().scene;
  const positions: Record<string, Position> = {};
  const notes: Operation[] = [];
  for (const id of ids) {
    const box = nodes.get(id);
    const note = id.startsWith("note:") ? sheet().notes[id.slice(5)] : undefined;
    if (box && !subflowPortOf(id)) positions[addressOf(scope, id)] = [Math.round(box.x + by[0]), Math.round(box.y + by[1])];
    if (note) notes.push({ op: "set_note", name: addressOf(scope, id.slice(5)), at: [note.at[0] + by[0], note.at[1] + by[1]] });
  }
  return [...(Object.keys(positions).length ? [{ op: "set_layout", positions } as Operation] : []), ...notes];
}
