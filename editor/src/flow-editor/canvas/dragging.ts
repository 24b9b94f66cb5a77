/** Moving a selection: one offset for all of it while it moves, one step of the history when it is dropped. */
import { edit, sheet, useDocument } from "../editing/document";
import { pathOf, pointOn, snapped } from "../../model/flow/geometry";
import type { Operation } from "../../model/flow/operations";
import { addressOf } from "../../model/flow/sheet";
import type { Position } from "../../model/flow/types";
import { say } from "../../platform/i18n";
import { curveOf, portOfSheet, type SceneWire } from "../../model/flow/scene";
import { definitionsFirst } from "../../model/flow/operationsBetween";
import { useCanvas } from "../editing/canvasState";

/** The wires that are in the DOM just now. */
export const drawn = new Map<string, SVGGElement>();

export interface Move {
  ids: ReadonlySet<string>;
  by: Position;
}

const still: Position = [0, 0];
export const moving: { now: Move | null } = { now: null };

/** What moves along when `ids` move: a frame takes its members. */
export function carried(ids: Iterable<string>): Set<string> {
  const all = new Set(ids);
  for (const id of [...all]) {
    if (id.startsWith("group:")) for (const member of sheet().groups[id.slice(6)]?.members ?? []) all.add(member);
  }
  return all;
}

let elements: HTMLElement[] = [];
let wires: SceneWire[] = [];

export function beginMove(ids: ReadonlySet<string>): void {
  ids = new Set([...ids].filter((id) => !portOfSheet(id)));
  moving.now = { ids, by: still };
  elements = [...document.querySelectorAll<HTMLElement>(".react-flow__node")].filter((element) => ids.has(element.dataset["id"] ?? ""));
  wires = useCanvas.getState().scene.wires.filter((wire) => drawn.has(wire.id) && (ids.has(wire.from) || ids.has(wire.to)));
}

/** One write per box and wire that can be seen; React is not asked. */
export function moveBy(by: Position): void {
  const move = moving.now;
  if (!move) return;
  moving.now = { ...move, by };
  for (const element of elements) element.style.translate = `${by[0]}px ${by[1]}px`;
  const { nodes } = useCanvas.getState().scene;
  for (const wire of wires) redraw(drawn.get(wire.id), curveOf(wire, nodes, (id) => (move.ids.has(id) ? by : still)));
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

export function endMove(keep: boolean, more: Operation[] = [], label = say("step.move")): void {
  const move = moving.now;
  moving.now = null;
  for (const element of elements) element.style.translate = "";
  const by: Position = move && keep ? [snapped(move.by[0]), snapped(move.by[1])] : still;
  const { nodes } = useCanvas.getState().scene;
  for (const wire of wires) redraw(drawn.get(wire.id), curveOf(wire, nodes));
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
    if (box && !portOfSheet(id)) positions[addressOf(scope, id)] = [Math.round(box.x + by[0]), Math.round(box.y + by[1])];
    if (note) notes.push({ op: "set_note", name: addressOf(scope, id.slice(5)), at: [note.at[0] + by[0], note.at[1] + by[1]] });
  }
  return [...(Object.keys(positions).length ? [{ op: "set_layout", positions } as Operation] : []), ...notes];
}
