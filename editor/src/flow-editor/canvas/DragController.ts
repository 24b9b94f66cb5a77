/** Dragging a selection: one offset for all of it while it moves, one step of the history when it is dropped. */
import type { StoreApi } from "zustand";
import { pathOf, pointOn, snapToGrid } from "../../model/flow/geometry";
import type { Operation } from "../../model/flow/operations";
import { definitionsFirst } from "../../model/flow/operationsBetween";
import { curveOf, type SceneWire, subflowPortOf } from "../../model/flow/scene";
import { addressOf } from "../../model/flow/sheet";
import type { Position } from "../../model/flow/types";
import { translate } from "../../platform/i18n";
import type { FlowDocument } from "../editing/FlowDocument";
import type { CanvasState } from "./canvasState";

export interface Drag {
  ids: ReadonlySet<string>;
  by: Position;
}

const STILL: Position = [0, 0];

export class DragController {
  /** What is being dragged just now. */
  current: Drag | null = null;
  /** The wires that are in the DOM just now. */
  private readonly wireElements = new Map<string, SVGGElement>();
  private elements: HTMLElement[] = [];
  private wires: SceneWire[] = [];

  constructor(private readonly doc: FlowDocument, private readonly canvas: StoreApi<CanvasState>) {}

  /** A wire is drawn; the answer says that it is no more. */
  registerWire(id: string, element: SVGGElement): () => void {
    this.wireElements.set(id, element);
    return () => void this.wireElements.delete(id);
  }

  /** What moves along when `ids` move: a frame takes its members. */
  dragSet(ids: Iterable<string>): Set<string> {
    const all = new Set(ids);
    const { groups } = this.doc.sheet;
    for (const id of [...all]) {
      if (id.startsWith("group:")) for (const member of groups[id.slice(6)]?.members ?? []) all.add(member);
    }
    return all;
  }

  begin(chosen: ReadonlySet<string>): void {
    const ids = new Set([...chosen].filter((id) => !subflowPortOf(id)));
    this.current = { ids, by: STILL };
    this.elements = [...document.querySelectorAll<HTMLElement>(".react-flow__node")].filter((element) => ids.has(element.dataset["id"] ?? ""));
    this.wires = this.scene.wires.filter((wire) => this.wireElements.has(wire.id) && (ids.has(wire.from) || ids.has(wire.to)));
  }

  /** One write per box and wire that can be seen; React is not asked. */
  moveBy(by: Position): void {
    const drag = this.current;
    if (!drag) return;
    this.current = { ...drag, by };
    for (const element of this.elements) element.style.translate = `${by[0]}px ${by[1]}px`;
    this.redrawWires((id) => (drag.ids.has(id) ? by : STILL));
  }

  /** Drops what is dragged where it is, with what else the drop does, or puts it back. */
  end(keep: boolean, more: Operation[] = [], label = translate("step.move")): void {
    const drag = this.current;
    this.current = null;
    for (const element of this.elements) element.style.translate = "";
    this.redrawWires(() => STILL);
    this.elements = [];
    this.wires = [];
    const by: Position = drag && keep ? [snapToGrid(drag.by[0]), snapToGrid(drag.by[1])] : STILL;
    if (!drag || (by[0] === 0 && by[1] === 0)) return;
    this.doc.edit(label, definitionsFirst([...this.moveOperations(drag.ids, by), ...more]));
  }

  moveOperations(ids: Iterable<string>, by: Position): Operation[] {
    const { scope, sheet } = this.doc;
    const { nodes } = this.scene;
    const positions: Record<string, Position> = {};
    const notes: Operation[] = [];
    for (const id of ids) {
      const box = nodes.get(id);
      const note = id.startsWith("note:") ? sheet.notes[id.slice(5)] : undefined;
      if (box && !subflowPortOf(id)) positions[addressOf(scope, id)] = [Math.round(box.x + by[0]), Math.round(box.y + by[1])];
      if (note) notes.push({ op: "set_note", name: addressOf(scope, id.slice(5)), at: [note.at[0] + by[0], note.at[1] + by[1]] });
    }
    return [...(Object.keys(positions).length ? [{ op: "set_layout", positions } as Operation] : []), ...notes];
  }

  private get scene(): CanvasState["scene"] {
    return this.canvas.getState().scene;
  }

  private redrawWires(shift: (id: string) => Position): void {
    const { nodes } = this.scene;
    for (const wire of this.wires) redraw(this.wireElements.get(wire.id), curveOf(wire, nodes, shift));
  }
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
